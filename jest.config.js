/** Tests run as the native ES modules they are; swc only strips the types. `npm run typecheck` checks them. */
export default {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }],
  },
  testTimeout: 20_000,
  reporters: ["default", "<rootDir>/test/support/summary-reporter.js"],
};
