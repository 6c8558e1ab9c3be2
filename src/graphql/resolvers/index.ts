// The resolver map, one file per type. Types that are not here are plain objects made in results.ts.
import type { Resolvers } from "../__generated__/resolvers.ts";
import { Conversation } from "./conversation.ts";
import { ConversationParticipant } from "./conversation-participant.ts";
import { JSON } from "./json.ts";
import { Mutation } from "./mutation.ts";
import { Query } from "./query.ts";

export const resolvers: Resolvers = { Query, Mutation, Conversation, ConversationParticipant, JSON };
