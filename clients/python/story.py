"""The story of ../story.md told by the official Python SDK."""

import json
import os
import sys
import time
import traceback

import lark_oapi as lark
from lark_oapi.api.apaas.v1 import *
from lark_oapi.api.auth.v3 import InternalTenantAccessTokenRequest, InternalTenantAccessTokenRequestBody

NAMESPACE = "demo__c"
FLOW_ID = "two_step"
MANAGER = "1002"
FINANCE = "1003"
failures = 0


class StoryStopped(Exception):
    """A step did not find what every later step needs."""


def client_builder(app_id, app_secret):
    # The SDK's logger would interleave with the checks; the checks show what it would say.
    return lark.Client.builder().app_id(app_id).app_secret(app_secret) \
        .domain(os.environ["SENDBACK_URL"]).log_level(lark.LogLevel.CRITICAL)


managed = client_builder(os.environ["SENDBACK_APP_ID"], os.environ["SENDBACK_APP_SECRET"]).build()
explicit = client_builder(os.environ["SENDBACK_APP_ID"], os.environ["SENDBACK_APP_SECRET"]).enable_set_token(True).build()
no_scope = client_builder(os.environ["SENDBACK_NO_SCOPE_APP_ID"], os.environ["SENDBACK_NO_SCOPE_APP_SECRET"]).build()


def raw_answer(response):
    return f"HTTP {response.raw.status_code}, log id header {response.get_log_id()}, {response.raw.content.decode()}"


def check(name, holds, seen):
    global failures
    if holds:
        print(f"ok - {name}", flush=True)
    else:
        failures += 1
        print(f"not ok - {name}: saw {seen if isinstance(seen, str) else raw_answer(seen)}", flush=True)


def needed(name, value, response):
    check(name, bool(value), response)
    if not value:
        raise StoryStopped(name)
    return value


def refusal(name, response, code, detail_holds=lambda error: True):
    """One check for status, code and log id together, so a failing line shows all of them."""
    # A plain dict: the SDK has a typed error, but its responses do not build it.
    error = response.error or {}
    holds = (
        response.raw.status_code == 400
        and response.code == code
        and bool(error.get("log_id"))
        and error["log_id"] == response.get_log_id()
        and detail_holds(error)
    )
    check(name, holds, response)


def is_decimal_string(value):
    return isinstance(value, str) and value.isascii() and value.isdigit()


def execute(name):
    request = ExecuteApplicationFlowRequest.builder() \
        .namespace(NAMESPACE) \
        .flow_id(FLOW_ID) \
        .request_body(ExecuteApplicationFlowRequestBody.builder()
            .operator(json.dumps({"_id": 1001}))
            .is_async(False)
            .build()) \
        .build()
    response = managed.apaas.v1.application_flow.execute(request)
    data = response.data
    holds = response.success() and is_decimal_string(data.execution_id) and isinstance(data.code, str)
    return needed(name, holds and data.execution_id, response)


def pending_task(user_id, instance_id, previous_task_id=None):
    request = QueryUserTaskRequest.builder() \
        .request_body(QueryUserTaskRequestBody.builder()
            .kunlun_user_id(user_id)
            .type("pending")
            .source("assignMe")
            .limit("50")
            .offset("0")
            .build()) \
        .build()
    response = managed.apaas.v1.user_task.query(request)
    if response.success() and is_decimal_string(response.data.count):
        for task in response.data.tasks or []:
            if task.workflow_instance.id == instance_id and task.task_id != previous_task_id:
                if is_decimal_string(task.task_id):
                    return task.task_id, response
    return None, response


def wait_for_task(name, user_id, instance_id, previous_task_id=None):
    deadline = time.monotonic() + 10
    while True:
        task_id, response = pending_task(user_id, instance_id, previous_task_id)
        if task_id or time.monotonic() > deadline:
            return needed(name, task_id, response)
        time.sleep(0.1)


def agree(name, task_id, user_id):
    request = AgreeApprovalTaskRequest.builder() \
        .approval_task_id(task_id) \
        .request_body(AgreeApprovalTaskRequestBody.builder().user_id(user_id).opinion("同意").build()) \
        .build()
    response = managed.apaas.v1.approval_task.agree(request)
    check(name, response.success(), response)


def rollback_request(task_id, to_task_id):
    return RollbackUserTaskRequest.builder() \
        .task_id(task_id) \
        .request_body(RollbackUserTaskRequestBody.builder()
            .operator_user_id(FINANCE)
            .to_task_id(to_task_id)
            .opinion("退回原因")
            .build()) \
        .build()


def rollback_without_token(task_id, to_task_id):
    """A typed call always carries a token, so this goes through the SDK's raw request with no token type."""
    request = lark.BaseRequest.builder() \
        .http_method(lark.HttpMethod.POST) \
        .uri("/open-apis/apaas/v1/user_tasks/:task_id/rollback") \
        .paths({"task_id": task_id}) \
        .headers({"Content-Type": "application/json"}) \
        .body({"operator_user_id": FINANCE, "to_task_id": to_task_id, "opinion": "退回原因"}) \
        .build()
    return managed.request(request)


def obtain_token():
    request = InternalTenantAccessTokenRequest.builder() \
        .request_body(InternalTenantAccessTokenRequestBody.builder()
            .app_id(os.environ["SENDBACK_APP_ID"])
            .app_secret(os.environ["SENDBACK_APP_SECRET"])
            .build()) \
        .build()
    response = explicit.auth.v3.tenant_access_token.internal(request)
    # The answer carries the token beside `code`, where the typed response does not look.
    answer = json.loads(response.raw.content)
    token, expire = answer.get("tenant_access_token", ""), answer.get("expire")
    holds = response.success() and token.startswith("t-") and isinstance(expire, int) and expire > 180
    return needed("explicit token", holds and token, response)


def tell():
    token = obtain_token()

    main = execute("execute main")
    other = execute("execute other")
    manager_task = wait_for_task("manager task of main", MANAGER, main)
    foreign_task = wait_for_task("manager task of other", MANAGER, other)
    agree("agree main", manager_task, MANAGER)
    agree("agree other", foreign_task, MANAGER)
    finance_task = wait_for_task("finance task of main", FINANCE, main)
    other_finance_task = wait_for_task("finance task of other", FINANCE, other)

    points = managed.apaas.v1.user_task.rollback_points(
        RollbackPointsUserTaskRequest.builder()
        .task_id(finance_task)
        .request_body(RollbackPointsUserTaskRequestBody.builder().operator_user_id(FINANCE).build())
        .build()
    )
    point_found = points.success() and any(
        point.id == manager_task and point.is_start is False for point in points.data.tasks or []
    )
    needed("rollback points", point_found, points)

    rollback = managed.apaas.v1.user_task.rollback
    refusal("missing token", rollback_without_token(finance_task, manager_task), 99991661)
    refusal(
        "missing scope",
        no_scope.apaas.v1.user_task.rollback(rollback_request(finance_task, manager_task)),
        99991672,
        lambda error: any(v["subject"] == "app_engine:approval:write" for v in error.get("permission_violations", [])),
    )
    without_opinion = rollback_request(finance_task, manager_task)
    without_opinion.request_body.opinion = None
    refusal(
        "missing field",
        rollback(without_opinion),
        99992402,
        lambda error: any(v["field"] == "opinion" for v in error.get("field_violations", [])),
    )
    refusal("foreign point", rollback(rollback_request(finance_task, foreign_task)), 2320001)

    option = lark.RequestOption.builder().tenant_access_token(token).build()
    rolled_back = explicit.apaas.v1.user_task.rollback(rollback_request(finance_task, manager_task), option)
    needed("rollback", rolled_back.success() and rolled_back.raw.status_code == 200, rolled_back)

    still_there, response = pending_task(FINANCE, main)
    check("finance task is gone", response.success() and still_there is None, response)
    new_manager_task = wait_for_task("new manager task", MANAGER, main, manager_task)
    refusal("stale task", rollback(rollback_request(finance_task, manager_task)), 2320001)

    agree("agree again", new_manager_task, MANAGER)
    new_finance_task = wait_for_task("new finance task", FINANCE, main, finance_task)
    agree("finish main", new_finance_task, FINANCE)
    agree("finish other", other_finance_task, FINANCE)


if __name__ == "__main__":
    try:
        tell()
    except StoryStopped as stopped:
        print(f'the story stops at "{stopped}"')
    except Exception:
        check("the story runs to its end", False, traceback.format_exc())
    sys.exit(0 if failures == 0 else 1)
