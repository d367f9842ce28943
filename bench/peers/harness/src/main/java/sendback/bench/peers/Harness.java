package sendback.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Does what the lines of standard input say, and answers each with a line of JSON:
 *
 * <pre>
 * deploy FILE
 * pool CONNECTIONS
 * prepare OPERATION PROCESS INSTANCES
 * round OPERATION PROCESS LEAD-IN-MS MS
 * repeat OPERATION PROCESS TIMES
 * memory
 * </pre>
 *
 * Between them the process is idle. It ends with its input.
 */
public final class Harness {
    private final Engine engine;
    private final HikariDataSource database;
    private final Operations operations;
    private final int callers;

    private Harness(Engine engine, HikariDataSource database, int callers) {
        this.engine = engine;
        this.database = database;
        this.operations = new Operations(engine, callers);
        this.callers = callers;
    }

    /** @param arguments the JDBC URL and how many callers there are */
    public static void serve(EngineFactory factory, String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        Locale.setDefault(Locale.ROOT);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        config.setMaximumPoolSize(10);
        // 64 callers wait for few connections: on a busy machine longer than the 30 s that are usual.
        config.setConnectionTimeout(120_000);
        try (HikariDataSource database = new HikariDataSource(config);
                Engine engine = factory.open(database);
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            Harness harness = new Harness(engine, database, Integer.parseInt(arguments[1]));
            answer("{\"name\":\"%s\",\"version\":\"%s\",\"java\":\"%s\"}"
                    .formatted(engine.name(), engine.version(), System.getProperty("java.version")));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                answer(harness.obey(line.split(" ")));
            }
        }
    }

    private String obey(String[] words) throws Exception {
        switch (words[0]) {
            case "deploy" -> {
                Path file = Path.of(words[1]);
                engine.deploy(file.getFileName().toString(), Files.readString(file));
            }
            case "pool" -> resizePool(Integer.parseInt(words[1]));
            case "prepare" ->
                new Round(callers).runDry(operations.preparing(words[1], words[2], Integer.parseInt(words[3])));
            case "round" -> {
                return json(new Round(callers)
                        .measure(operations.named(words[1], words[2]), Long.parseLong(words[3]), Long.parseLong(words[4])));
            }
            case "repeat" -> {
                AtomicInteger left = new AtomicInteger(Integer.parseInt(words[3]));
                Operation operation = operations.named(words[1], words[2]);
                new Round(callers).runDry(caller -> left.getAndDecrement() > 0 && operation.run(caller));
            }
            case "memory" -> {
                return "{\"heapAfterGc\":%d}".formatted(heapAfterGc());
            }
            default -> throw new IllegalArgumentException("there is no command " + words[0]);
        }
        return "{}";
    }

    private void resizePool(int connections) {
        database.getHikariConfigMXBean().setMinimumIdle(1);
        database.getHikariConfigMXBean().setMaximumPoolSize(connections);
        database.getHikariConfigMXBean().setMinimumIdle(connections);
        database.getHikariPoolMXBean().softEvictConnections();
    }

    private long heapAfterGc() throws InterruptedException {
        operations.forget();
        for (int time = 0; time < 3; time++) {
            System.gc();
            Thread.sleep(100);
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static String json(Round.Result result) {
        return "{\"done\":%d,\"seconds\":%.6f,\"p50\":%.3f,\"p99\":%.3f}"
                .formatted(result.done(), result.seconds(), result.p50(), result.p99());
    }

    private static void answer(String json) {
        System.out.println(json);
        System.out.flush();
    }
}
