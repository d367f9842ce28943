package sendback.bench.peers;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/** The open instances of one process, by what can be done with them. */
final class Stock {
    /** Where only the first task is open. */
    final Deque<Instance> atFirst = new ConcurrentLinkedDeque<>();

    /** Where the first task is done and nothing after it. */
    final Deque<Instance> pastFirst = new ConcurrentLinkedDeque<>();

    static final class Instance {
        final String id;
        final Deque<OpenedTasks.Task> open;

        Instance(String id, List<OpenedTasks.Task> open) {
            this.id = id;
            this.open = new ArrayDeque<>(open);
        }
    }
}
