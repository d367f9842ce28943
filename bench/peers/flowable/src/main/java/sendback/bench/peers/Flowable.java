package sendback.bench.peers;

import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.flowable.common.engine.api.delegate.event.FlowableEngineEntityEvent;
import org.flowable.common.engine.impl.persistence.StrongUuidGenerator;
import org.flowable.engine.ProcessEngine;
import org.flowable.engine.ProcessEngineConfiguration;
import org.flowable.engine.delegate.event.AbstractFlowableEngineEventListener;
import org.flowable.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.flowable.task.api.Task;

/** Flowable as it comes: history level audit, async executor off; there is nothing for it to do in these processes. */
final class Flowable implements Engine {
    private final ProcessEngine engine;

    public static void main(String[] arguments) throws Exception {
        Harness.serve(Flowable::new, arguments);
    }

    private Flowable(DataSource database) {
        StandaloneProcessEngineConfiguration configuration = new StandaloneProcessEngineConfiguration();
        configuration.setDataSource(database);
        configuration.setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE);
        configuration.setIdGenerator(new StrongUuidGenerator());
        configuration.setEventListeners(List.of(new NotesOpenedTasks()));
        engine = configuration.buildProcessEngine();
    }

    @Override
    public String name() {
        return "Flowable";
    }

    @Override
    public String version() {
        return ProcessEngine.class.getPackage().getImplementationVersion();
    }

    @Override
    public void deploy(String fileName, String bpmn) {
        engine.getRepositoryService().createDeployment().addString(fileName, bpmn).deploy();
    }

    @Override
    public String start(String process, Map<String, Object> variables) {
        return engine.getRuntimeService().startProcessInstanceByKey(process, variables).getId();
    }

    @Override
    public void complete(String task, Map<String, Object> variables) {
        engine.getTaskService().complete(task, variables);
    }

    @Override
    public void goBack(String instance, List<String> from, String to) {
        var change = engine.getRuntimeService().createChangeActivityStateBuilder().processInstanceId(instance);
        if (from.size() == 1) change.moveActivityIdTo(from.get(0), to).changeState();
        else change.moveActivityIdsToSingleActivityId(from, to).changeState();
    }

    @Override
    public void close() {
        engine.close();
    }

    private static final class NotesOpenedTasks extends AbstractFlowableEngineEventListener {
        @Override
        protected void taskCreated(FlowableEngineEntityEvent event) {
            Task task = (Task) event.getEntity();
            OpenedTasks.add(task.getId(), task.getTaskDefinitionKey());
        }
    }
}
