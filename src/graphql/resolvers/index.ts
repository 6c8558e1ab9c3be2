// The resolver map, one file for each type. All other types are plain objects from results.ts.
import type { Resolvers } from "../__generated__/resolvers.ts";
import { Conversation } from "./conversation.ts";
import { ConversationParticipant } from "./conversation-participant.ts";
import { JSON } from "./json.ts";
import { Mutation } from "./mutation.ts";
import { Query } from "./query.ts";

export const resolvers: Resolvers = { Query, Mutation, Conversation, ConversationParticipant, JSON };
