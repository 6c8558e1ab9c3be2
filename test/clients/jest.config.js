/** The tests with real client libraries: `npm run test:clients` installs those beside this file and runs these. */
import base from "../../jest.config.js";

const [{ testEnvironment, extensionsToTreatAsEsm, transform }] = base.projects;

export default {
  testEnvironment,
  extensionsToTreatAsEsm,
  transform,
  rootDir: "../..",
  testMatch: ["<rootDir>/test/clients/*.test.ts"],
  testTimeout: base.testTimeout,
  reporters: base.reporters,
};
