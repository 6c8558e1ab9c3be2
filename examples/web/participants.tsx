// The participants of a conversation, with a status that the user can change.
import { useMutation, useQuery } from "@apollo/client/react";
import { useState } from "react";
import {
  ParticipantsDocument,
  SetStatusDocument,
  type ParticipantStatus,
  type SettableParticipantStatus as Settable,
} from "./__generated__/graphql.ts";
import { conversation } from "./conversation.ts";
import { FailureNote, type Failure, type Shown } from "./failure.tsx";

const labels: Record<Settable, string> = { PENDING: "Pending", INVITED: "Invited", ACTIVE: "Active" };

export function Participants() {
  const { data, error, loading, refetch } = useQuery(ParticipantsDocument, {
    variables: conversation,
    notifyOnNetworkStatusChange: true,
  });
  const reload = () => {
    void refetch();
  };
  const results = data?.conversationParticipants;
  if (!results)
    return loading ? <p>Loading …</p> : <p role="alert">{error?.message ?? "Nothing came back."}</p>;
  return (
    <>
      <h1>Participants</h1>
      <table>
        <thead>
          <tr>
            <th>Who</th>
            <th>Status</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {conversation.identifiers.map(({ key, value }, index) => {
            const result = results[index];
            if (result === undefined) return null;
            if (result.__typename === "ConversationParticipant")
              return <Row key={value} who={{ key, value }} participant={result} onReload={reload} />;
            return <FailedRow key={value} who={value} failure={result} onReload={reload} />;
          })}
        </tbody>
      </table>
    </>
  );
}

type Who = { key: string; value: string };

function Row({ who, participant, onReload }: { who: Who; participant: Shown; onReload: () => void }) {
  const { change, repeat, reset, failure, lost } = useStatusChange(who, participant);
  const reload = () => {
    reset();
    onReload();
  };
  const { displayName, status } = participant;
  const name = displayName === null || displayName === "" ? who.value : displayName;
  return (
    <tr>
      <td>{name}</td>
      <td>
        <StatusSelect name={name} status={status} onChange={change} />
      </td>
      <td>
        {failure !== null && <FailureNote failure={failure} onReload={reload} onRetry={repeat} />}
        {lost && <span role="alert">The change did not get through. Check your connection.</span>}
      </td>
    </tr>
  );
}

/** Changes a participant's status. The page shows it at once, and Apollo reverts it when the update fails. */
function useStatusChange(who: Who, participant: Shown) {
  const [setStatus, { data, error, reset }] = useMutation(SetStatusDocument);
  const [wanted, setWanted] = useState<Settable>("ACTIVE");
  const { workspaceId, conversationId } = participant;
  const change = (status: Settable) => {
    setWanted(status);
    void setStatus({
      variables: { input: { workspaceId, conversationId, ...who, status } },
      optimisticResponse: { updateParticipantStatus: { ...participant, status } },
    }).catch(() => {
      // `error` has it, too.
    });
  };
  const ended = data?.updateParticipantStatus;
  const failure: Failure | null = ended && ended.__typename !== "ConversationParticipant" ? ended : null;
  const repeat = () => {
    change(wanted);
  };
  return { change, repeat, reset, failure, lost: error !== undefined };
}

function StatusSelect(props: {
  name: string;
  status: ParticipantStatus;
  onChange: (next: Settable) => void;
}) {
  const { name, status, onChange } = props;
  return (
    <select
      aria-label={`Status of ${name}`}
      value={status}
      onChange={({ target }) => {
        if (isSettable(target.value)) onChange(target.value);
      }}
    >
      {status === "UNKNOWN" && <option value="UNKNOWN">Unknown</option>}
      {Object.entries(labels).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

function isSettable(text: string): text is Settable {
  return text in labels;
}

function FailedRow({ who, failure, onReload }: { who: string; failure: Failure; onReload: () => void }) {
  return (
    <tr>
      <td className="unread">{who}</td>
      <td />
      <td>
        <FailureNote failure={failure} onReload={onReload} onRetry={onReload} />
      </td>
    </tr>
  );
}
