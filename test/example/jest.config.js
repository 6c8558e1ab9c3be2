// The tests of the example of a frontend: `npm run test:example` installs its packages and runs these.
import { apart } from "../../jest.config.js";

export default apart("example");
