// Readers and writers while postil is restarted; for people who know k6. Start
// a server, start this, restart the server in whatever way, and look at the
// thresholds at the end:
//
//   postil serve --site https://blog.example --policy open --rate 0
//   k6 run bench/zerodowntime/k6/restart.js
//   k6 run -e BASE=http://127.0.0.1:8000 -e RATE=200 -e DURATION=60s bench/zerodowntime/k6/restart.js
//
// k6 sees less than "make zerodowntime": its client repeats reads, and what it
// could not write, when a connection that it kept was closed, and it knows
// nothing of what the server did without answering.
import http from "k6/http";
import { check } from "k6";
import exec from "k6/execution";

const base = __ENV.BASE || "http://127.0.0.1:8080";
const site = __ENV.SITE || "blog.example";
const rate = Number(__ENV.RATE || 100);
const duration = __ENV.DURATION || "30s";

const arrivals = (name) => ({
  executor: "constant-arrival-rate",
  exec: name,
  rate,
  duration,
  preAllocatedVUs: 50,
  maxVUs: 500,
});

export const options = {
  scenarios: { read: arrivals("read"), write: arrivals("write") },
  thresholds: { checks: ["rate==1"], http_req_failed: ["rate==0"], http_req_duration: ["max<10000"] },
};

const page = () => `/k6-${exec.scenario.iterationInTest % 20}`;

export function setup() {
  for (let i = 0; i < 20; i++) {
    post(`/k6-${i}`, `setup ${i}`, `k6-setup-${Date.now()}-${i}`);
  }
}

export function read() {
  const answer = http.get(`${base}/feeds/${site}${page()}/feed.xml`, { tags: { name: "feed" } });
  check(answer, { "the feed is read": (r) => r.status === 200 });
}

export function write() {
  const key = `k6-${Date.now()}-${exec.vu.idInTest}-${exec.scenario.iterationInTest}`;
  const answer = post(page(), `Words of ${key}`, key);
  check(answer, { "the comment is accepted": (r) => r.status === 201 || r.status === 202 });
}

function post(where, body, key) {
  return http.post(`${base}/api/v1/comments`, JSON.stringify({ site, page: where, name: "k6", body, key }), {
    headers: { "Content-Type": "application/json" },
    tags: { name: "comment" },
  });
}
