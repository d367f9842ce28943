<?php

/** The story of ../story.md told by Guzzle 7, with the call as the reference page writes it. */

declare(strict_types=1);

use GuzzleHttp\Client;
use GuzzleHttp\Psr7\Request;

// Composer's Guzzle, or the one that Debian packages: both are the released library.
foreach ([__DIR__ . '/vendor/autoload.php', '/usr/share/php/GuzzleHttp/autoload.php'] as $autoload) {
    if (is_file($autoload)) {
        require $autoload;
        break;
    }
}
if (!class_exists(Client::class)) {
    fwrite(STDERR, "Guzzle 7 is missing: run `composer install` in clients/php or install php-guzzlehttp-guzzle\n");
    exit(2);
}

const MANAGER = '1002';
const FINANCE = '1003';

final class StoryStopped extends RuntimeException
{
}

final class Answer
{
    /** @param array<string, mixed> $body */
    public function __construct(
        public readonly int $status,
        public readonly string $logIdHeader,
        public readonly array $body,
    ) {
    }

    public function succeeded(): bool
    {
        return $this->status === 200 && $this->body['code'] === 0;
    }
}

function environment(string $name): string
{
    $value = getenv($name);
    if ($value === false || $value === '') {
        throw new StoryStopped("$name is not set; run this through clients/run.mjs");
    }
    return $value;
}

final class Story
{
    public int $failures = 0;
    private Client $client;
    private string $token = '';

    public function __construct(private readonly string $url)
    {
        // A refusal is an answer to look at here, not an exception.
        $this->client = new Client(['http_errors' => false]);
    }

    private function post(string $path, string $body, ?string $token): Answer
    {
        $headers = ['Content-Type' => 'application/json'];
        if ($token !== null) {
            $headers = ['Authorization' => "Bearer $token"] + $headers;
        }
        $request = new Request('POST', "$this->url/open-apis$path", $headers, $body);
        $res = $this->client->sendAsync($request)->wait();
        $decoded = json_decode((string) $res->getBody(), true);
        return new Answer($res->getStatusCode(), $res->getHeaderLine('X-Tt-Logid'), is_array($decoded) ? $decoded : []);
    }

    public function check(string $name, bool $holds, mixed $seen): void
    {
        if ($holds) {
            echo "ok - $name\n";
            return;
        }
        $this->failures++;
        echo "not ok - $name: saw " . json_encode($seen, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES) . "\n";
    }

    /** Without what this step found, the rest of the story has no meaning. */
    private function needed(string $name, ?string $value, Answer $seen): string
    {
        $this->check($name, $value !== null, $seen);
        return $value ?? throw new StoryStopped("the story stops at \"$name\"");
    }

    /** A refusal is one check: status, code and log id together, so a failing line shows all of them. */
    private function refusal(string $name, Answer $answer, int $code, ?callable $detailHolds = null): void
    {
        $error = $answer->body['error'] ?? [];
        $logId = $error['log_id'] ?? '';
        $holds = $answer->status === 400
            && ($answer->body['code'] ?? null) === $code
            && $logId !== ''
            && $logId === $answer->logIdHeader
            && ($detailHolds === null || $detailHolds($error));
        $this->check($name, $holds, ['expected' => $code, 'answer' => $answer]);
    }

    private function obtainToken(string $name, string $appId, string $appSecret): string
    {
        $answer = $this->post('/auth/v3/tenant_access_token/internal', '{
    "app_id": "' . $appId . '",
    "app_secret": "' . $appSecret . '"
}', null);
        $token = $answer->body['tenant_access_token'] ?? '';
        $expire = $answer->body['expire'] ?? null;
        $holds = $answer->succeeded() && str_starts_with($token, 't-') && is_int($expire) && $expire > 180;
        return $this->needed($name, $holds ? $token : null, $answer);
    }

    private function execute(string $name): string
    {
        $answer = $this->post('/apaas/v1/applications/demo__c/flows/two_step/execute', '{
    "operator": "{\"_id\": 1001}",
    "is_async": false
}', $this->token);
        $id = $answer->body['data']['execution_id'] ?? null;
        $holds = $answer->succeeded() && self::isDecimalString($id) && is_string($answer->body['data']['code'] ?? null);
        return $this->needed($name, $holds ? $id : null, $answer);
    }

    private static function isDecimalString(mixed $value): bool
    {
        return is_string($value) && preg_match('/^[0-9]+$/', $value) === 1;
    }

    /** @return array{0: ?string, 1: Answer} */
    private function pendingTask(string $userId, string $instanceId, string $previousTaskId = ''): array
    {
        $answer = $this->post('/apaas/v1/user_task/query', '{
    "kunlun_user_id": "' . $userId . '",
    "type": "pending",
    "source": "assignMe",
    "limit": "50",
    "offset": "0"
}', $this->token);
        if (!self::isDecimalString($answer->body['data']['count'] ?? null)) {
            return [null, $answer];
        }
        foreach ($answer->body['data']['tasks'] ?? [] as $task) {
            $mine = $task['workflow_instance']['id'] === $instanceId && $task['task_id'] !== $previousTaskId;
            if ($mine && self::isDecimalString($task['task_id'])) {
                return [$task['task_id'], $answer];
            }
        }
        return [null, $answer];
    }

    private function waitForTask(string $name, string $userId, string $instanceId, string $previousTaskId = ''): string
    {
        for ($attempt = 0; ; $attempt++) {
            [$taskId, $answer] = $this->pendingTask($userId, $instanceId, $previousTaskId);
            if ($taskId !== null || $attempt === 100) {
                return $this->needed($name, $taskId, $answer);
            }
            usleep(100_000);
        }
    }

    private function agree(string $name, string $taskId, string $userId): void
    {
        $answer = $this->post("/apaas/v1/approval_tasks/$taskId/agree", '{
    "user_id": "' . $userId . '",
    "opinion": "同意"
}', $this->token);
        $this->check($name, $answer->succeeded(), $answer);
    }

    /** The call of the page. */
    private function rollback(string $taskId, string $toTaskId, ?string $token): Answer
    {
        return $this->post("/apaas/v1/user_tasks/$taskId/rollback", '{
    "operator_user_id": "' . FINANCE . '",
    "to_task_id": "' . $toTaskId . '",
    "opinion": "退回原因"
}', $token);
    }

    public function tell(): void
    {
        $this->token = $this->obtainToken(
            'explicit token',
            environment('SENDBACK_APP_ID'),
            environment('SENDBACK_APP_SECRET'),
        );
        $tokenWithoutScope = $this->obtainToken(
            'explicit token without scope',
            environment('SENDBACK_NO_SCOPE_APP_ID'),
            environment('SENDBACK_NO_SCOPE_APP_SECRET'),
        );

        $main = $this->execute('execute main');
        $other = $this->execute('execute other');
        $managerTask = $this->waitForTask('manager task of main', MANAGER, $main);
        $foreignTask = $this->waitForTask('manager task of other', MANAGER, $other);
        $this->agree('agree main', $managerTask, MANAGER);
        $this->agree('agree other', $foreignTask, MANAGER);
        $financeTask = $this->waitForTask('finance task of main', FINANCE, $main);
        $otherFinanceTask = $this->waitForTask('finance task of other', FINANCE, $other);

        $points = $this->post("/apaas/v1/user_tasks/$financeTask/rollback_points", '{
    "operator_user_id": "' . FINANCE . '"
}', $this->token);
        $isPoint = fn (array $point): bool => $point['id'] === $managerTask && $point['is_start'] === false;
        $found = array_filter($points->body['data']['tasks'] ?? [], $isPoint) !== [];
        $this->needed('rollback points', $found ? $managerTask : null, $points);

        $this->refusal('missing token', $this->rollback($financeTask, $managerTask, null), 99991661);
        $this->refusal(
            'missing scope',
            $this->rollback($financeTask, $managerTask, $tokenWithoutScope),
            99991672,
            fn (array $error): bool => in_array(
                'app_engine:approval:write',
                array_column($error['permission_violations'] ?? [], 'subject'),
                true,
            ),
        );
        $this->refusal(
            'missing field',
            $this->post("/apaas/v1/user_tasks/$financeTask/rollback", '{
    "operator_user_id": "' . FINANCE . '",
    "to_task_id": "' . $managerTask . '"
}', $this->token),
            99992402,
            fn (array $error): bool => in_array('opinion', array_column($error['field_violations'] ?? [], 'field'), true),
        );
        $this->refusal('foreign point', $this->rollback($financeTask, $foreignTask, $this->token), 2320001);

        $rolledBack = $this->rollback($financeTask, $managerTask, $this->token);
        $this->needed('rollback', $rolledBack->succeeded() ? $financeTask : null, $rolledBack);

        [$stillThere, $answer] = $this->pendingTask(FINANCE, $main);
        $this->check('finance task is gone', $answer->succeeded() && $stillThere === null, $answer);
        $newManagerTask = $this->waitForTask('new manager task', MANAGER, $main, $managerTask);
        $this->refusal('stale task', $this->rollback($financeTask, $managerTask, $this->token), 2320001);

        $this->agree('agree again', $newManagerTask, MANAGER);
        $newFinanceTask = $this->waitForTask('new finance task', FINANCE, $main, $financeTask);
        $this->agree('finish main', $newFinanceTask, FINANCE);
        $this->agree('finish other', $otherFinanceTask, FINANCE);
    }
}

$story = new Story(environment('SENDBACK_URL'));
try {
    $story->tell();
} catch (Throwable $error) {
    $story->check('the story runs to its end', false, $error::class . ': ' . $error->getMessage());
}
exit($story->failures === 0 ? 0 : 1);
