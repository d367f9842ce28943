package sendback.bench.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * Tasks that the current call has opened, as the engine's own listener tells them. Sendback's answers name them as well; to
 * query for them would cost the others a statement.
 */
public final class OpenedTasks {
    private static final ThreadLocal<List<Task>> OPENED = ThreadLocal.withInitial(ArrayList::new);

    /** @param node the id of its user task in the model */
    public record Task(String id, String node) {}

    private OpenedTasks() {}

    public static void add(String id, String node) {
        OPENED.get().add(new Task(id, node));
    }

    /** @return what was opened since the last time it was asked by this thread */
    static List<Task> take() {
        List<Task> opened = OPENED.get();
        OPENED.set(new ArrayList<>());
        return opened;
    }
}
