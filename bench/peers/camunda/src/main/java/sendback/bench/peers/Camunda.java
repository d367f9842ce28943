package sendback.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.ProcessEngineConfiguration;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.bpmn.behavior.UserTaskActivityBehavior;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.StandaloneProcessEngineConfiguration;
import org.camunda.bpm.engine.impl.persistence.StrongUuidGenerator;
import org.camunda.bpm.engine.impl.pvm.process.ActivityImpl;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.util.xml.Element;

/** Camunda 7 as it comes: history level full, job executor off; there is nothing for it to do in these processes. */
final class Camunda implements Engine {
    private final ProcessEngine engine;

    public static void main(String[] arguments) throws Exception {
        Harness.serve(Camunda::new, arguments);
    }

    private Camunda(DataSource database) {
        StandaloneProcessEngineConfiguration configuration = new StandaloneProcessEngineConfiguration();
        configuration.setDataSource(database);
        configuration.setDatabaseSchemaUpdate(ProcessEngineConfiguration.DB_SCHEMA_UPDATE_TRUE);
        // Recommended under load: the default takes turns at a counter in the database.
        configuration.setIdGenerator(new StrongUuidGenerator());
        // Nothing is cleaned up here, so the models need not say after what time.
        configuration.setEnforceHistoryTimeToLive(false);
        // The engine adds listeners of its own to the list.
        configuration.setCustomPostBPMNParseListeners(new ArrayList<>(List.of(new NotesOpenedTasks())));
        engine = configuration.buildProcessEngine();
    }

    @Override
    public String name() {
        return "Camunda";
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
        var change = engine.getRuntimeService().createProcessInstanceModification(instance);
        from.forEach(change::cancelAllForActivity);
        change.startBeforeActivity(to).execute();
    }

    @Override
    public void close() {
        engine.close();
    }

    private static final class NotesOpenedTasks extends AbstractBpmnParseListener {
        @Override
        public void parseUserTask(Element element, ScopeImpl scope, ActivityImpl activity) {
            ((UserTaskActivityBehavior) activity.getActivityBehavior())
                    .getTaskDefinition()
                    .addTaskListener(
                            TaskListener.EVENTNAME_CREATE,
                            task -> OpenedTasks.add(task.getId(), task.getTaskDefinitionKey()));
        }
    }
}
