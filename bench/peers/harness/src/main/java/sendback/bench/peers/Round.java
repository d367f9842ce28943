package sendback.bench.peers;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A round of load: so many threads, each with one operation after the other. */
final class Round {
    private final int callers;
    private final AtomicLong endAt = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** @param done operations that ended in the window; the latencies are of these */
    record Result(int done, double seconds, double p50, double p99) {}

    Round(int callers) {
        this.callers = callers;
    }

    /** Runs until nothing is left to do. */
    void runDry(Operation operation) throws InterruptedException {
        run(operation, System.nanoTime(), Long.MAX_VALUE / 2);
    }

    /**
     * Measures after a lead-in, in which all callers get busy, until the time is over. When a caller has nothing left to do,
     * the window ends there: after that the load would be of fewer callers.
     */
    Result measure(Operation operation, long leadInMillis, long millis) throws InterruptedException {
        long beginAt = System.nanoTime() + leadInMillis * 1_000_000;
        Caller[] all = run(operation, beginAt, beginAt + millis * 1_000_000);
        long end = endAt.get();
        long[] latencies = Stream.of(all).flatMapToLong(caller -> caller.latenciesUntil(end)).sorted().toArray();
        return new Result(
                latencies.length,
                (end - beginAt) / 1e9,
                percentile(latencies, 0.5),
                percentile(latencies, 0.99));
    }

    private Caller[] run(Operation operation, long beginAt, long plannedEnd) throws InterruptedException {
        endAt.set(plannedEnd);
        CountDownLatch start = new CountDownLatch(1);
        Caller[] all = new Caller[callers];
        for (int number = 0; number < callers; number++) {
            all[number] = new Caller(number, operation, start, beginAt);
            all[number].start();
        }
        start.countDown();
        for (Caller caller : all) caller.join();
        if (failure.get() != null) throw new IllegalStateException("an operation failed", failure.get());
        return all;
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
    }

    private final class Caller extends Thread {
        private final int number;
        private final Operation operation;
        private final CountDownLatch start;
        private final long beginAt;
        private long[] ends = new long[1024];
        private long[] latencies = new long[1024];
        private int count;

        Caller(int number, Operation operation, CountDownLatch start, long beginAt) {
            super("caller-" + number);
            this.number = number;
            this.operation = operation;
            this.start = start;
            this.beginAt = beginAt;
        }

        @Override
        public void run() {
            try {
                start.await();
                for (long since = System.nanoTime(); since < endAt.get(); ) {
                    if (!operation.run(number)) {
                        endAt.accumulateAndGet(System.nanoTime(), Math::min);
                        return;
                    }
                    long now = System.nanoTime();
                    if (now >= beginAt) note(now, now - since);
                    since = now;
                }
            } catch (Throwable problem) {
                failure.compareAndSet(null, problem);
                endAt.set(0);
            }
        }

        private void note(long now, long latency) {
            if (count == ends.length) {
                ends = Arrays.copyOf(ends, count * 2);
                latencies = Arrays.copyOf(latencies, count * 2);
            }
            ends[count] = now;
            latencies[count++] = latency;
        }

        LongStream latenciesUntil(long end) {
            return IntStream.range(0, count).filter(at -> ends[at] <= end).mapToLong(at -> latencies[at]);
        }
    }
}
