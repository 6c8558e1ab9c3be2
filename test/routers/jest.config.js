// The tests with real routers and composers: `npm run test:routers` installs those beside this file and runs these.
import { apart } from "../../jest.config.js";

export default apart("routers");
