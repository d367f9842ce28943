package sendback.bench.peers;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import sendback.bench.peers.Stock.Instance;

/** The three operations that are measured, and how what they work on is made. An instance belongs to one caller at a time. */
final class Operations {
    /** What all processes of the benchmark call it. */
    private static final String FIRST_TASK = "apply";

    private static final Map<String, Object> DECISION = Map.of("decision", "agree");

    private final Engine engine;
    private final int callers;
    private final Map<String, Stock> stocks = new ConcurrentHashMap<>();
    private final Map<String, Instance[]> underWay = new ConcurrentHashMap<>();

    Operations(Engine engine, int callers) {
        this.engine = engine;
        this.callers = callers;
    }

    Operation named(String name, String process) {
        return switch (name) {
            case "start" -> caller -> start(process, caller);
            case "complete" -> complete(process);
            case "back" -> caller -> goBack(process);
            default -> throw new IllegalArgumentException("there is no operation " + name);
        };
    }

    /** What makes {@code count} instances ready for the operation, counting those that are. */
    Operation preparing(String name, String process, int count) {
        Stock stock = stock(process);
        boolean isBack = name.equals("back");
        AtomicInteger missing = new AtomicInteger(count - (isBack ? stock.pastFirst : stock.atFirst).size());
        return caller -> {
            if (missing.getAndDecrement() <= 0) return false;
            if (!isBack) return start(process, caller);
            Instance instance = stock.atFirst.poll();
            while (instance == null) {
                start(process, caller);
                instance = stock.atFirst.poll();
            }
            completeNext(instance);
            stock.pastFirst.add(instance);
            return true;
        };
    }

    /** Lets go of what the rounds have left, so that memory is the engine's alone. */
    void forget() {
        stocks.clear();
        underWay.clear();
    }

    private boolean start(String process, int caller) {
        String id = engine.start(process, Map.of(
                "amount", 8000, "reason", "Travel to a customer, two nights", "approver", "caller-" + caller));
        List<OpenedTasks.Task> opened = OpenedTasks.take();
        if (opened.size() != 1) throw new IllegalStateException("a start opened " + opened);
        stock(process).atFirst.add(new Instance(id, opened));
        return true;
    }

    /** Every caller takes an instance from its first task to its end, so that all tasks of the process count the same. */
    private Operation complete(String process) {
        Stock stock = stock(process);
        Instance[] current = underWay.computeIfAbsent(process, key -> new Instance[callers]);
        return caller -> {
            Instance instance = current[caller];
            if (instance == null || instance.open.isEmpty()) instance = stock.atFirst.poll();
            current[caller] = instance;
            if (instance == null) return false;
            completeNext(instance);
            return true;
        };
    }

    private void completeNext(Instance instance) {
        engine.complete(instance.open.remove().id(), DECISION);
        instance.open.addAll(OpenedTasks.take());
    }

    /** From all that is open after the first task back to it. */
    private boolean goBack(String process) {
        Stock stock = stock(process);
        Instance instance = stock.pastFirst.poll();
        if (instance == null) return false;
        engine.goBack(instance.id, instance.open.stream().map(OpenedTasks.Task::node).toList(), FIRST_TASK);
        List<OpenedTasks.Task> opened = OpenedTasks.take();
        if (opened.size() != 1 || !opened.get(0).node().equals(FIRST_TASK)) {
            throw new IllegalStateException("going back opened " + opened);
        }
        stock.atFirst.add(new Instance(instance.id, opened));
        return true;
    }

    private Stock stock(String process) {
        return stocks.computeIfAbsent(process, key -> new Stock());
    }
}
