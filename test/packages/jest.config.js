// The packages as they are published: `npm run test:packages` packs them and installs them into empty projects.
import { apart } from "../../jest.config.js";

export default apart("packages");
