// Writers while writes are held: "postil hold", wait, "postil release" beside
// it, or a PostgreSQL that is restarted. Nothing may fail, and the slowest
// request shows how long the hold was:
//
//   k6 run bench/zerodowntime/k6/hold.js
//
// With MAY_REFUSE=1 an answer of 503 that names a time to come back counts as
// well: a database that is away for longer than --intermission.
import http from "k6/http";
import { check, sleep } from "k6";
import exec from "k6/execution";

const base = __ENV.BASE || "http://127.0.0.1:8080";
const site = __ENV.SITE || "blog.example";
const mayRefuse = __ENV.MAY_REFUSE === "1";

export const options = {
  scenarios: {
    write: {
      executor: "constant-arrival-rate",
      rate: Number(__ENV.RATE || 50),
      duration: __ENV.DURATION || "60s",
      preAllocatedVUs: 100,
      maxVUs: 2000,
      gracefulStop: "60s",
    },
  },
  thresholds: { checks: ["rate==1"], dropped_iterations: ["count==0"] },
};

if (mayRefuse) {
  http.setResponseCallback(http.expectedStatuses(201, 202, 503));
}

export default function () {
  const key = `k6-${Date.now()}-${exec.vu.idInTest}-${exec.scenario.iterationInTest}`;
  const body = JSON.stringify({ site, page: "/k6-hold", name: "k6", body: `Words of ${key}`, key });
  for (;;) {
    const answer = http.post(`${base}/api/v1/comments`, body, {
      headers: { "Content-Type": "application/json" },
      timeout: "320s",
    });
    const later = answer.status === 503 && answer.headers["Retry-After"];
    check(answer, { "accepted, or told to come back": (r) => r.status === 201 || r.status === 202 || (mayRefuse && later) });
    if (!mayRefuse || !later) {
      return;
    }
    sleep(Number(later));
  }
}
