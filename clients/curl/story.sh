#!/usr/bin/env bash
# The story of ../story.md told by curl, with the call as the reference page writes it: -i, two headers, a body indented
# with tabs. Node, which this repository needs anyway, reads the JSON.
set -uo pipefail

: "${SENDBACK_URL:?run this through clients/run.mjs}" "${SENDBACK_APP_ID:?}" "${SENDBACK_APP_SECRET:?}"
: "${SENDBACK_NO_SCOPE_APP_ID:?}" "${SENDBACK_NO_SCOPE_APP_SECRET:?}"

manager=1002
finance=1003
failures=0

# The answer of the last call.
status='' log_id_header='' body=''

# check NAME RESULT: RESULT is the exit code of the test that was made.
check() {
	if [ "$2" -eq 0 ]; then
		echo "ok - $1"
	else
		failures=$((failures + 1))
		echo "not ok - $1: saw HTTP $status, X-Tt-Logid ${log_id_header:-absent}, $body"
	fi
}

# needed NAME RESULT: as check, but the rest of the story has no meaning without it.
needed() {
	check "$1" "$2"
	[ "$2" -eq 0 ] || exit 1
}

# holds EXPRESSION [ARGUMENT...]: whether a JavaScript expression over the answer's body holds; its result goes to stdout.
holds() {
	BODY=$body node -e '
		const [expression, ...args] = process.argv.slice(1);
		const decimal = (value) => typeof value === "string" && /^[0-9]+$/.test(value);
		let result;
		try {
			result = new Function("body", "args", "decimal", `return ${expression}`)(JSON.parse(process.env.BODY), args, decimal);
		} catch {}
		if (typeof result === "string") process.stdout.write(result);
		process.exit(result ? 0 : 1);
	' "$@"
}

# post PATH BODY [TOKEN]
post() {
	local authorization=() answer
	[ -z "${3:-}" ] || authorization=(-H "Authorization: Bearer $3")
	# Bash before 4.4, as on macOS, takes an empty array for an unset variable.
	answer=$(curl -sS -i -X POST "$SENDBACK_URL/open-apis$1" \
		${authorization[@]+"${authorization[@]}"} \
		-H 'Content-Type: application/json' \
		-d "$2" | tr -d '\r')
	status=$(sed -n '1s/^HTTP\/[0-9.]* \([0-9]*\).*/\1/p' <<<"$answer")
	# Exact case on purpose: some SDKs look the header up as written.
	log_id_header=$(sed -n '/^$/q; s/^X-Tt-Logid: //p' <<<"$answer")
	body=$(sed '1,/^$/d' <<<"$answer")
}

succeeded() {
	[ "$status" = 200 ] && holds 'body.code === 0' >/dev/null
}

# refusal NAME CODE [EXPRESSION OVER body.error]
refusal() {
	[ "$status" = 400 ] && holds \
		"body.code === $2 && body.error.log_id !== '' && body.error.log_id === args[0] && (${3:-true})" \
		"$log_id_header" >/dev/null
	check "$1" $?
}

execute() {
	post /apaas/v1/applications/demo__c/flows/two_step/execute '{
	"operator": "{\"_id\": 1001}",
	"is_async": false
}' "$token"
	succeeded && found=$(holds "decimal(body.data.execution_id) && typeof body.data.code === 'string' && body.data.execution_id")
	needed "$1" $?
}

# pending USER INSTANCE [PREVIOUS TASK]: leaves the id of the pending task in $found.
pending() {
	post /apaas/v1/user_task/query '{
	"kunlun_user_id": "'"$1"'",
	"type": "pending",
	"source": "assignMe",
	"limit": "50",
	"offset": "0"
}' "$token"
	found=$(holds 'decimal(body.data.count) && body.data.tasks
		.map((task) => (task.workflow_instance.id === args[0] && task.task_id !== args[1] ? task.task_id : ""))
		.find(decimal)' "$2" "${3:-}")
}

# await_task NAME USER INSTANCE [PREVIOUS TASK]
await_task() {
	local attempt
	for attempt in {1..50}; do
		pending "$2" "$3" "${4:-}" && break
		sleep 0.2
	done
	[ -n "$found" ]
	needed "$1" $?
}

# agree NAME TASK USER
agree() {
	post "/apaas/v1/approval_tasks/$2/agree" '{
	"user_id": "'"$3"'",
	"opinion": "同意"
}' "$token"
	succeeded
	check "$1" $?
}

# rollback TO_TASK [TOKEN]: the call of the page.
rollback() {
	post "/apaas/v1/user_tasks/$finance_task/rollback" '{
	"operator_user_id": "'"$finance"'",
	"opinion": "退回原因",
	"to_task_id": "'"$1"'"
}' "${2:-}"
}

# obtain_token APP_ID APP_SECRET
obtain_token() {
	post /auth/v3/tenant_access_token/internal '{
	"app_id": "'"$1"'",
	"app_secret": "'"$2"'"
}'
	found=$(holds 'body.code === 0 && Number.isInteger(body.expire) && body.expire > 180 && /^t-/.test(body.tenant_access_token) && body.tenant_access_token')
}

obtain_token "$SENDBACK_APP_ID" "$SENDBACK_APP_SECRET"
needed 'explicit token' $?
token=$found
obtain_token "$SENDBACK_NO_SCOPE_APP_ID" "$SENDBACK_NO_SCOPE_APP_SECRET"
needed 'explicit token without scope' $?
token_without_scope=$found

execute 'execute main'
main=$found
execute 'execute other'
other=$found
await_task 'manager task of main' $manager "$main"
manager_task=$found
await_task 'manager task of other' $manager "$other"
foreign_task=$found
agree 'agree main' "$manager_task" $manager
agree 'agree other' "$foreign_task" $manager
await_task 'finance task of main' $finance "$main"
finance_task=$found
await_task 'finance task of other' $finance "$other"
other_finance_task=$found

post "/apaas/v1/user_tasks/$finance_task/rollback_points" '{
	"operator_user_id": "'"$finance"'"
}' "$token"
succeeded && holds 'body.data.tasks.find((point) => point.id === args[0]).is_start === false' "$manager_task"
needed 'rollback points' $?

rollback "$manager_task"
refusal 'missing token' 99991661
rollback "$manager_task" "$token_without_scope"
refusal 'missing scope' 99991672 \
	'body.error.permission_violations.some((violation) => violation.subject === "app_engine:approval:write")'
post "/apaas/v1/user_tasks/$finance_task/rollback" '{
	"operator_user_id": "'"$finance"'",
	"to_task_id": "'"$manager_task"'"
}' "$token"
refusal 'missing field' 99992402 'body.error.field_violations.some((violation) => violation.field === "opinion")'
rollback "$foreign_task" "$token"
refusal 'foreign point' 2320001

rollback "$manager_task" "$token"
succeeded
needed 'rollback' $?

pending $finance "$main"
succeeded && [ -z "$found" ]
check 'finance task is gone' $?
await_task 'new manager task' $manager "$main" "$manager_task"
new_manager_task=$found
rollback "$manager_task" "$token"
refusal 'stale task' 2320001

agree 'agree again' "$new_manager_task" $manager
await_task 'new finance task' $finance "$main" "$finance_task"
agree 'finish main' "$found" $finance
agree 'finish other' "$other_finance_task" $finance

[ "$failures" -eq 0 ]
