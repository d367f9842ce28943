using System;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using RestSharp;

namespace Sendback.Clients
{
    /// <summary>The story of ../story.md told by RestSharp 106, with the call as the reference page writes it.</summary>
    internal sealed class Story
    {
        private const string Manager = "1002";
        private const string Finance = "1003";

        private readonly string _url = Setting("SENDBACK_URL");
        private string _token = "";
        private int _failures;

        private static int Main()
        {
            Console.OutputEncoding = System.Text.Encoding.UTF8;
            var story = new Story();
            try
            {
                story.Tell();
            }
            catch (Exception exception)
            {
                story.Check("the story runs to its end", false, exception.ToString());
            }
            return story._failures == 0 ? 0 : 1;
        }

        private static string Setting(string name)
        {
            var value = Environment.GetEnvironmentVariable(name);
            return string.IsNullOrEmpty(value)
                ? throw new InvalidOperationException(name + " is not set; run this through clients/run.mjs")
                : value;
        }

        private void Tell()
        {
            _token = ObtainToken("explicit token", "SENDBACK_APP_ID", "SENDBACK_APP_SECRET");
            var tokenWithoutScope = ObtainToken(
                "explicit token without scope", "SENDBACK_NO_SCOPE_APP_ID", "SENDBACK_NO_SCOPE_APP_SECRET");

            var main = Execute("execute main");
            var other = Execute("execute other");
            var managerTask = WaitForTask("manager task of main", Manager, main);
            var foreignTask = WaitForTask("manager task of other", Manager, other);
            Agree("agree main", managerTask, Manager);
            Agree("agree other", foreignTask, Manager);
            var financeTask = WaitForTask("finance task of main", Finance, main);
            var otherFinanceTask = WaitForTask("finance task of other", Finance, other);

            var points = Post(
                $"/apaas/v1/user_tasks/{financeTask}/rollback_points",
                "{\"operator_user_id\":\"" + Finance + "\"}",
                _token);
            var pointFound = Succeeded(points) && Items(points, "data", "tasks").Any(point =>
                Text(point, "id") == managerTask && point.GetProperty("is_start").ValueKind == JsonValueKind.False);
            Needed("rollback points", pointFound ? managerTask : null, points);

            Refusal("missing token", Rollback(financeTask, managerTask, null), 99991661);
            var noScope = Rollback(financeTask, managerTask, tokenWithoutScope);
            Refusal("missing scope", noScope, 99991672, Items(noScope, "error", "permission_violations")
                .Any(violation => Text(violation, "subject") == "app_engine:approval:write"));
            var noOpinion = Post(
                $"/apaas/v1/user_tasks/{financeTask}/rollback",
                "{\"operator_user_id\":\"" + Finance + "\",\"to_task_id\":\"" + managerTask + "\"}",
                _token);
            Refusal("missing field", noOpinion, 99992402, Items(noOpinion, "error", "field_violations")
                .Any(violation => Text(violation, "field") == "opinion"));
            Refusal("foreign point", Rollback(financeTask, foreignTask, _token), 2320001);

            var rolledBack = Rollback(financeTask, managerTask, _token);
            Needed("rollback", Succeeded(rolledBack) ? financeTask : null, rolledBack);

            var afterwards = QueryPending(Finance);
            Check("finance task is gone", Succeeded(afterwards) && TaskOf(afterwards, main, null) == null, Describe(afterwards));
            var newManagerTask = WaitForTask("new manager task", Manager, main, managerTask);
            Refusal("stale task", Rollback(financeTask, managerTask, _token), 2320001);

            Agree("agree again", newManagerTask, Manager);
            var newFinanceTask = WaitForTask("new finance task", Finance, main, financeTask);
            Agree("finish main", newFinanceTask, Finance);
            Agree("finish other", otherFinanceTask, Finance);
        }

        private IRestResponse Post(string path, string body, string? token)
        {
            var client = new RestClient(_url + "/open-apis" + path);
            client.Timeout = -1;
            var request = new RestRequest(Method.POST);
            if (token != null)
            {
                request.AddHeader("Authorization", "Bearer " + token);
            }
            request.AddHeader("Content-Type", "application/json");
            request.AddParameter("application/json", body, ParameterType.RequestBody);
            IRestResponse response = client.Execute(request);
            return response;
        }

        /// <summary>The call of the page.</summary>
        private IRestResponse Rollback(string taskId, string toTaskId, string? token)
        {
            var body = "{\"operator_user_id\":\"" + Finance + "\",\"opinion\":\"退回原因\",\"to_task_id\":\"" + toTaskId + "\"}";
            return Post($"/apaas/v1/user_tasks/{taskId}/rollback", body, token);
        }

        private string ObtainToken(string name, string idSetting, string secretSetting)
        {
            var response = Post(
                "/auth/v3/tenant_access_token/internal",
                "{\"app_id\":\"" + Setting(idSetting) + "\",\"app_secret\":\"" + Setting(secretSetting) + "\"}",
                null);
            string? token = null;
            if (Succeeded(response) && Body(response).GetProperty("expire").GetInt32() > 180)
            {
                token = Text(Body(response), "tenant_access_token");
            }
            return Needed(name, token != null && token.StartsWith("t-", StringComparison.Ordinal) ? token : null, response);
        }

        private string Execute(string name)
        {
            var response = Post(
                "/apaas/v1/applications/demo__c/flows/two_step/execute",
                "{\"operator\":\"{\\\"_id\\\": 1001}\",\"is_async\":false}",
                _token);
            string? id = null;
            if (Succeeded(response) && Text(Body(response).GetProperty("data"), "code") != null)
            {
                id = Text(Body(response).GetProperty("data"), "execution_id");
            }
            return Needed(name, IsDecimal(id) ? id : null, response);
        }

        private IRestResponse QueryPending(string userId)
        {
            return Post(
                "/apaas/v1/user_task/query",
                "{\"kunlun_user_id\":\"" + userId + "\",\"type\":\"pending\",\"source\":\"assignMe\",\"limit\":\"50\",\"offset\":\"0\"}",
                _token);
        }

        private static string? TaskOf(IRestResponse response, string instanceId, string? previousTaskId)
        {
            if (!Succeeded(response) || !IsDecimal(Text(Body(response).GetProperty("data"), "count")))
            {
                return null;
            }
            return Items(response, "data", "tasks")
                .Where(task => Text(task.GetProperty("workflow_instance"), "id") == instanceId)
                .Select(task => Text(task, "task_id"))
                .FirstOrDefault(taskId => taskId != previousTaskId && IsDecimal(taskId));
        }

        private string WaitForTask(string name, string userId, string instanceId, string? previousTaskId = null)
        {
            var deadline = DateTime.UtcNow.AddSeconds(10);
            while (true)
            {
                var response = QueryPending(userId);
                var taskId = TaskOf(response, instanceId, previousTaskId);
                if (taskId != null || DateTime.UtcNow > deadline)
                {
                    return Needed(name, taskId, response);
                }
                Thread.Sleep(100);
            }
        }

        private void Agree(string name, string taskId, string userId)
        {
            var response = Post(
                $"/apaas/v1/approval_tasks/{taskId}/agree",
                "{\"user_id\":\"" + userId + "\",\"opinion\":\"同意\"}",
                _token);
            Check(name, Succeeded(response), Describe(response));
        }

        /// <summary>A refusal is one check: status, code and log id together, so a failing line shows all of them.</summary>
        private void Refusal(string name, IRestResponse response, int code, bool detailHolds = true)
        {
            var body = Body(response);
            var logId = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("error", out var error)
                ? Text(error, "log_id")
                : null;
            var holds = (int)response.StatusCode == 400
                && CodeOf(body) == code
                && !string.IsNullOrEmpty(logId)
                && logId == LogIdHeader(response)
                && detailHolds;
            Check(name, holds, $"expected {code}, {Describe(response)}");
        }

        private void Check(string name, bool holds, string seen)
        {
            if (holds)
            {
                Console.WriteLine("ok - " + name);
                return;
            }
            _failures++;
            Console.WriteLine($"not ok - {name}: saw {seen}");
        }

        /// <summary>Without what this step found, the rest of the story has no meaning.</summary>
        private string Needed(string name, string? value, IRestResponse seen)
        {
            Check(name, value != null, Describe(seen));
            return value ?? throw new InvalidOperationException($"the story stops at \"{name}\"");
        }

        private static bool Succeeded(IRestResponse response)
        {
            return (int)response.StatusCode == 200 && CodeOf(Body(response)) == 0;
        }

        private static int? CodeOf(JsonElement body)
        {
            return body.ValueKind == JsonValueKind.Object && body.TryGetProperty("code", out var code) ? code.GetInt32() : null;
        }

        /// <summary>The decoded body; an undefined element when there is none, so that a check fails instead of the program.</summary>
        private static JsonElement Body(IRestResponse response)
        {
            try
            {
                using var document = JsonDocument.Parse(response.Content ?? "");
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return default;
            }
        }

        private static JsonElement[] Items(IRestResponse response, string outer, string inner)
        {
            var body = Body(response);
            return body.ValueKind == JsonValueKind.Object
                && body.TryGetProperty(outer, out var container)
                && container.TryGetProperty(inner, out var items)
                && items.ValueKind == JsonValueKind.Array
                ? items.EnumerateArray().ToArray()
                : Array.Empty<JsonElement>();
        }

        /// <summary>A JSON string, or null when the field is absent or is anything else.</summary>
        private static string? Text(JsonElement element, string name)
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
        }

        private static bool IsDecimal(string? value)
        {
            return value != null && Regex.IsMatch(value, "^[0-9]+$");
        }

        private static string? LogIdHeader(IRestResponse response)
        {
            // There are no headers at all when the connection failed.
            return (response.Headers ?? Array.Empty<Parameter>())
                .Where(header => string.Equals(header.Name, "X-Tt-Logid", StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value?.ToString())
                .FirstOrDefault();
        }

        private static string Describe(IRestResponse response)
        {
            var transport = response.ErrorMessage == null ? "" : $", transport error {response.ErrorMessage}";
            return $"HTTP {(int)response.StatusCode}, log id header {LogIdHeader(response)}, {response.Content}{transport}";
        }
    }
}
