package sendback.clients;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.lark.oapi.Client;
import com.lark.oapi.core.request.RequestOptions;
import com.lark.oapi.core.response.BaseResponse;
import com.lark.oapi.core.response.RawResponse;
import com.lark.oapi.core.response.error.Error;
import com.lark.oapi.core.token.AccessTokenType;
import com.lark.oapi.core.utils.Jsons;
import com.lark.oapi.service.apaas.v1.model.AgreeApprovalTaskReq;
import com.lark.oapi.service.apaas.v1.model.AgreeApprovalTaskReqBody;
import com.lark.oapi.service.apaas.v1.model.ExecuteApplicationFlowReq;
import com.lark.oapi.service.apaas.v1.model.ExecuteApplicationFlowReqBody;
import com.lark.oapi.service.apaas.v1.model.ExecuteApplicationFlowResp;
import com.lark.oapi.service.apaas.v1.model.QueryUserTaskReq;
import com.lark.oapi.service.apaas.v1.model.QueryUserTaskReqBody;
import com.lark.oapi.service.apaas.v1.model.QueryUserTaskResp;
import com.lark.oapi.service.apaas.v1.model.RollbackPointsUserTaskReq;
import com.lark.oapi.service.apaas.v1.model.RollbackPointsUserTaskReqBody;
import com.lark.oapi.service.apaas.v1.model.RollbackPointsUserTaskResp;
import com.lark.oapi.service.apaas.v1.model.RollbackUserTaskReq;
import com.lark.oapi.service.apaas.v1.model.RollbackUserTaskReqBody;
import com.lark.oapi.service.apaas.v1.model.RollbackUserTaskResp;
import com.lark.oapi.service.apaas.v1.model.UserTask;
import com.lark.oapi.service.auth.v3.model.InternalTenantAccessTokenReq;
import com.lark.oapi.service.auth.v3.model.InternalTenantAccessTokenReqBody;
import com.lark.oapi.service.auth.v3.model.InternalTenantAccessTokenResp;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;

/** The story of ../story.md told by the official Java SDK. */
public final class Story {

    private static final String MANAGER = "1002";
    private static final String FINANCE = "1003";
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private final String appId = environment("SENDBACK_APP_ID");
    private final String appSecret = environment("SENDBACK_APP_SECRET");
    private final Client managed = newClient(appId, appSecret).build();
    // The SDK ignores a token that it is handed as long as its own cache is on.
    private final Client explicit = newClient(appId, appSecret).disableTokenCache().build();
    private final Client noScope = newClient(
            environment("SENDBACK_NO_SCOPE_APP_ID"), environment("SENDBACK_NO_SCOPE_APP_SECRET")).build();
    private int failures = 0;

    public static void main(String[] arguments) {
        Story story = new Story();
        try {
            story.tell();
        } catch (Exception exception) {
            story.check("the story runs to its end", false, exception.toString());
        }
        System.exit(story.failures == 0 ? 0 : 1);
    }

    private static String environment(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set; run this through clients/run.mjs");
        }
        return value;
    }

    private static Client.Builder newClient(String appId, String appSecret) {
        return Client.newBuilder(appId, appSecret).openBaseUrl(environment("SENDBACK_URL"));
    }

    private void tell() throws Exception {
        String token = obtainToken();

        String main = execute("execute main");
        String other = execute("execute other");
        String managerTask = waitForTask("manager task of main", MANAGER, main, null);
        String foreignTask = waitForTask("manager task of other", MANAGER, other, null);
        agree("agree main", managerTask, MANAGER);
        agree("agree other", foreignTask, MANAGER);
        String financeTask = waitForTask("finance task of main", FINANCE, main, null);
        String otherFinanceTask = waitForTask("finance task of other", FINANCE, other, null);
        rollbackPoints(financeTask, managerTask);

        missingToken(financeTask, managerTask);
        refusal("missing scope", noScope.apaas().v1().userTask().rollback(rollbackRequest(financeTask, managerTask)),
                99991672, error -> error.getPermissionViolations() != null
                        && Arrays.stream(error.getPermissionViolations())
                                .anyMatch(violation -> "app_engine:approval:write".equals(violation.getSubject())));
        RollbackUserTaskReq withoutOpinion = rollbackRequest(financeTask, managerTask);
        withoutOpinion.getRollbackUserTaskReqBody().setOpinion(null);
        refusal("missing field", managed.apaas().v1().userTask().rollback(withoutOpinion),
                99992402, error -> error.getFieldViolations() != null
                        && Arrays.stream(error.getFieldViolations())
                                .anyMatch(violation -> "opinion".equals(violation.getField())));
        refusal("foreign point", managed.apaas().v1().userTask().rollback(rollbackRequest(financeTask, foreignTask)),
                2320001, error -> true);

        RollbackUserTaskResp rolledBack = explicit.apaas().v1().userTask().rollback(
                rollbackRequest(financeTask, managerTask),
                RequestOptions.newBuilder().tenantAccessToken(token).build());
        needed("rollback", rolledBack.success() ? financeTask : null, rolledBack.getRawResponse());

        QueryUserTaskResp afterwards = queryPending(FINANCE);
        check("finance task is gone", afterwards.success() && taskOf(afterwards, main, null) == null,
                describe(afterwards.getRawResponse()));
        String newManagerTask = waitForTask("new manager task", MANAGER, main, managerTask);
        refusal("stale task", managed.apaas().v1().userTask().rollback(rollbackRequest(financeTask, managerTask)),
                2320001, error -> true);

        agree("agree again", newManagerTask, MANAGER);
        String newFinanceTask = waitForTask("new finance task", FINANCE, main, financeTask);
        agree("finish main", newFinanceTask, FINANCE);
        agree("finish other", otherFinanceTask, FINANCE);
    }

    private String obtainToken() throws Exception {
        InternalTenantAccessTokenReq req = InternalTenantAccessTokenReq.newBuilder()
                .internalTenantAccessTokenReqBody(InternalTenantAccessTokenReqBody.newBuilder()
                        .appId(appId)
                        .appSecret(appSecret)
                        .build())
                .build();
        InternalTenantAccessTokenResp resp = explicit.auth().v3().tenantAccessToken().internal(req);
        // The answer carries the token beside `code`, where the typed response does not look.
        JsonObject answer = JsonParser.parseString(text(resp.getRawResponse())).getAsJsonObject();
        boolean holds = resp.success()
                && answer.has("tenant_access_token")
                && answer.get("tenant_access_token").getAsString().startsWith("t-")
                && answer.get("expire").getAsInt() > 180;
        return needed("explicit token", holds ? answer.get("tenant_access_token").getAsString() : null,
                resp.getRawResponse());
    }

    private String execute(String name) throws Exception {
        ExecuteApplicationFlowReq req = ExecuteApplicationFlowReq.newBuilder()
                .namespace("demo__c")
                .flowId("two_step")
                .executeApplicationFlowReqBody(ExecuteApplicationFlowReqBody.newBuilder()
                        .operator("{\"_id\": 1001}")
                        .isAsync(false)
                        .build())
                .build();
        ExecuteApplicationFlowResp resp = managed.apaas().v1().applicationFlow().execute(req);
        boolean holds = resp.success()
                && isDecimal(resp.getData().getExecutionId())
                && resp.getData().getCode() != null
                && isJsonString(resp.getRawResponse(), "execution_id")
                && isJsonString(resp.getRawResponse(), "code");
        return needed(name, holds ? resp.getData().getExecutionId() : null, resp.getRawResponse());
    }

    private QueryUserTaskResp queryPending(String userId) throws Exception {
        return managed.apaas().v1().userTask().query(QueryUserTaskReq.newBuilder()
                .queryUserTaskReqBody(QueryUserTaskReqBody.newBuilder()
                        .kunlunUserId(userId)
                        .type("pending")
                        .source("assignMe")
                        .limit("50")
                        .offset("0")
                        .build())
                .build());
    }

    private static String taskOf(QueryUserTaskResp resp, String instanceId, String previousTaskId) {
        // Gson would turn a JSON number into a String silently, so the raw text is asked as well.
        boolean wellFormed = resp.success()
                && isDecimal(resp.getData().getCount())
                && isJsonString(resp.getRawResponse(), "count");
        if (!wellFormed || resp.getData().getTasks() == null) {
            return null;
        }
        for (UserTask task : resp.getData().getTasks()) {
            if (instanceId.equals(task.getWorkflowInstance().getId())
                    && !task.getTaskId().equals(previousTaskId)
                    && isDecimal(task.getTaskId())) {
                return task.getTaskId();
            }
        }
        return null;
    }

    private String waitForTask(String name, String userId, String instanceId, String previousTaskId) throws Exception {
        long deadline = System.currentTimeMillis() + 10_000;
        while (true) {
            QueryUserTaskResp resp = queryPending(userId);
            String taskId = taskOf(resp, instanceId, previousTaskId);
            if (taskId != null || System.currentTimeMillis() > deadline) {
                return needed(name, taskId, resp.getRawResponse());
            }
            Thread.sleep(100);
        }
    }

    private void agree(String name, String taskId, String userId) throws Exception {
        var resp = managed.apaas().v1().approvalTask().agree(AgreeApprovalTaskReq.newBuilder()
                .approvalTaskId(taskId)
                .agreeApprovalTaskReqBody(AgreeApprovalTaskReqBody.newBuilder()
                        .userId(userId)
                        .opinion("同意")
                        .build())
                .build());
        check(name, resp.success(), describe(resp.getRawResponse()));
    }

    private void rollbackPoints(String financeTask, String managerTask) throws Exception {
        RollbackPointsUserTaskResp resp = managed.apaas().v1().userTask().rollbackPoints(
                RollbackPointsUserTaskReq.newBuilder()
                        .taskId(financeTask)
                        .rollbackPointsUserTaskReqBody(
                                RollbackPointsUserTaskReqBody.newBuilder().operatorUserId(FINANCE).build())
                        .build());
        boolean found = resp.success() && Arrays.stream(resp.getData().getTasks())
                .anyMatch(point -> managerTask.equals(point.getId()) && Boolean.FALSE.equals(point.getIsStart()));
        needed("rollback points", found ? managerTask : null, resp.getRawResponse());
    }

    private static RollbackUserTaskReq rollbackRequest(String taskId, String toTaskId) {
        return RollbackUserTaskReq.newBuilder()
                .taskId(taskId)
                .rollbackUserTaskReqBody(RollbackUserTaskReqBody.newBuilder()
                        .operatorUserId(FINANCE)
                        .toTaskId(toTaskId)
                        .opinion("退回原因")
                        .build())
                .build();
    }

    /** A typed call refuses to start without a token, so this goes through the SDK's raw request. */
    private void missingToken(String taskId, String toTaskId) throws Exception {
        RawResponse raw = managed.post("/open-apis/apaas/v1/user_tasks/" + taskId + "/rollback",
                rollbackRequest(taskId, toTaskId).getRollbackUserTaskReqBody(), AccessTokenType.None);
        RollbackUserTaskResp resp = Jsons.DEFAULT.fromJson(text(raw), RollbackUserTaskResp.class);
        resp.setRawResponse(raw);
        refusal("missing token", resp, 99991661, error -> true);
    }

    /** A refusal is one check: status, code and log id together, so a failing line shows all of them. */
    private void refusal(String name, BaseResponse<?> resp, int code, Predicate<Error> detailHolds) {
        Error error = resp.getError();
        boolean holds = resp.getRawResponse().getStatusCode() == 400
                && resp.getCode() == code
                && error != null
                && error.getLogId() != null
                && !error.getLogId().isEmpty()
                && error.getLogId().equals(resp.getRequestId())
                && detailHolds.test(error);
        check(name, holds, "expected " + code + ", " + describe(resp.getRawResponse()));
    }

    private void check(String name, boolean holds, String seen) {
        if (holds) {
            OUT.println("ok - " + name);
        } else {
            failures++;
            OUT.println("not ok - " + name + ": saw " + seen);
        }
    }

    /** Without what this step found, the rest of the story has no meaning. */
    private String needed(String name, String value, RawResponse seen) {
        check(name, value != null, describe(seen));
        if (value == null) {
            throw new IllegalStateException("the story stops at \"" + name + "\"");
        }
        return value;
    }

    private static boolean isDecimal(String value) {
        return value != null && value.matches("[0-9]+");
    }

    private static boolean isJsonString(RawResponse raw, String fieldOfData) {
        return JsonParser.parseString(text(raw)).getAsJsonObject()
                .getAsJsonObject("data").getAsJsonPrimitive(fieldOfData).isString();
    }

    private static String text(RawResponse raw) {
        return new String(raw.getBody(), StandardCharsets.UTF_8);
    }

    private static String describe(RawResponse raw) {
        return "HTTP " + raw.getStatusCode() + ", log id header " + raw.getRequestID() + ", " + text(raw);
    }
}
