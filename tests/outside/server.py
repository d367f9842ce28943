"""A Sendback server over HTTP: one that runs already, or one started here for the time of a run."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

COMMAND_LINE = Path(__file__).parents[2] / "packages/server/dist/cli/sendback.js"


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.code = body.get("code") if isinstance(body, dict) else None


class Server:
    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self.headers = {}
        self._log_in()

    def _log_in(self):
        token = self._send(
            "POST", "/open-apis/auth/v3/tenant_access_token/internal", {"app_id": "cli_demo", "app_secret": "demo_secret"}
        )
        self.headers = {"authorization": f"Bearer {token['tenant_access_token']}"}

    def _request(self, method, path, body=None):
        try:
            return self._send(method, path, body)
        except Refused as refused:
            if refused.code != "token-invalid":
                raise
        self._log_in()  # tokens run out by the test clock too
        return self._send(method, path, body)

    def _send(self, method, path, body):
        data, headers = None, self.headers
        if isinstance(body, str):
            data, headers = body.encode(), {**headers, "content-type": "application/xml"}
        elif body is not None:
            data, headers = json.dumps(body).encode(), {**headers, "content-type": "application/json"}
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        content = json.loads(text) if text else {}
        if answer.status >= 400:
            raise Refused(answer.status, content)
        return content

    def get(self, path):
        return self._request("GET", "/api/v1" + path)

    def post(self, path, body):
        return self._request("POST", "/api/v1" + path, body)

    def deploy(self, flow_id, xml):
        return self._request("PUT", f"/api/v1/applications/demo__c/flows/{flow_id}", xml)

    def history(self, instance):
        items, cursor = [], ""
        while True:
            page = self.get(f"/instances/{instance}/history?limit=500{cursor}")
            items += page["items"]
            if page["next_cursor"] is None:
                return items
            cursor = "&cursor=" + urllib.parse.quote(page["next_cursor"])


class OwnServer:
    """Starts a server with the test clock on data of its own, and takes both away again."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="sendback-outside-")
        os.chmod(self.folder, 0o755)  # the database runs as another user where this runs as root
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PORT": "0",
            "SENDBACK_DATA_DIR": f"{self.folder}/data",
            "SENDBACK_TEST_CLOCK": "1",
            "LOG_LEVEL": "error",
        }
        self.process = subprocess.Popen(["node", COMMAND_LINE, "serve"], env=environment, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if found := re.search(r"ready at (http://\S+)", line):
                return found.group(1)
        self.__exit__()
        raise RuntimeError("the server ended before it was ready")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
