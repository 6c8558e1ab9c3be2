// Invalid configurations that would send keys to another host, or over an unencrypted connection.
import { expect, test } from "@jest/globals";
import { runProcess } from "../support/process.ts";

test.each([
  ["BIRD_API_URL", "http://169.254.169.254/latest/meta-data"],
  ["BIRD_API_URL", "http://api.bird.com"],
  ["BIRD_API_URL", "http://127.0.0.1.evil.example.com"],
  ["BIRD_API_URL", "http://127.0.0.1@evil.example.com"],
  ["BIRD_API_URL", "https://user:canary@api.bird.com"],
  ["BIRD_API_URL", "file:///etc/passwd"],
  ["BIRD_API_URL", "gopher://127.0.0.1"],
  ["BIRD_API_URL", ""],
])("%s=%s does not start in production", async (name, value) => {
  const { code, stdout, stderr } = await runProcess({ NODE_ENV: "production", PORT: "0", [name]: value });
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(`${name} is `);
  expect(stderr).not.toContain("canary");
});
