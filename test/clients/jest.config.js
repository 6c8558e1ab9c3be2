// The tests with real client libraries: `npm run test:clients` installs those beside this file and runs these.
import { apart } from "../../jest.config.js";

export default apart("clients");
