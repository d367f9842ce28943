package sendback.bench.peers;

import java.util.List;
import java.util.Map;

/** What is measured of a process engine. Each call is one transaction; what it opens goes to {@link OpenedTasks}. */
public interface Engine extends AutoCloseable {
    String name();

    String version();

    void deploy(String fileName, String bpmn);

    /** @return the id of the instance */
    String start(String process, Map<String, Object> variables);

    void complete(String task, Map<String, Object> variables);

    /** Ends the work at {@code from}, which is all that is open, and opens {@code to} again. */
    void goBack(String instance, List<String> from, String to);

    @Override
    void close();
}
