// The page with React.
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { useWicketgate } from "wicketgate-client/react";
import { explain, explainPasskey, keys, offerPasskeys, reasons, registerAndLogin, wicketgate } from "../accounts.js";

function App() {
  const state = useWicketgate(wicketgate);
  if (state.status === "unknown") return state.error ? <p role="alert">{explain(state.error)}</p> : null;
  if (state.status === "signedOut") return <SignIn reason={reasons[state.reason]} />;
  return (
    <>
      <header>
        <span>{state.account?.email}</span>
        <button onClick={() => wicketgate.logout()}>Sign out</button>
      </header>
      <Weather />
      <Passkeys />
    </>
  );
}

function SignIn({ reason }) {
  const [message, setMessage] = useState(reason);
  const [needsCode, setNeedsCode] = useState(false);
  const [offer, setOffer] = useState(1);

  useEffect(() => {
    const page = new AbortController();
    offerPasskeys(page.signal, setMessage);
    return () => page.abort();
  }, [offer]);

  async function passkey() {
    const { error } = await keys.login();
    if (!error) return;
    setMessage(explainPasskey(error));
    setOffer(offer + 1);
  }

  async function submit(event) {
    event.preventDefault();
    const account = Object.fromEntries(new FormData(event.target));
    const isNew = event.nativeEvent.submitter.value === "register";
    const { error } = await (isNew ? registerAndLogin(account) : wicketgate.login(account));
    if (!error) return;
    // The field stays after a wrong code.
    if (error.kind === "twoFactorRequired") setNeedsCode(true);
    setMessage(explain(error));
  }

  return (
    <form onSubmit={submit}>
      <h1>Weather</h1>
      {message && <p role="alert">{message}</p>}
      <label>
        E-mail address
        <input name="email" type="email" autoComplete="username webauthn" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {needsCode && (
        <label>
          Code
          <input name="twoFactorCode" inputMode="numeric" autoComplete="one-time-code" autoFocus />
        </label>
      )}
      <button>Sign in</button>
      <button type="button" onClick={passkey}>
        Use a passkey
      </button>
      <button value="register">Register</button>
    </form>
  );
}

/** Only for who is signed in: the server refuses others. */
function Weather() {
  const [result, setResult] = useState({});
  useEffect(() => {
    wicketgate.request("/weatherforecast").then(setResult);
  }, []);
  if (result.error) return <p role="alert">{explain(result.error)}</p>;
  return (
    <table>
      <caption>The next days</caption>
      <tbody>
        {result.data?.map(({ date, summary, temperatureC }) => (
          <tr key={date}>
            <th>{date}</th>
            <td>{summary}</td>
            <td>{temperatureC} °C</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Those of who is signed in, where the server has any. */
function Passkeys() {
  const [result, setResult] = useState({});
  const [message, setMessage] = useState();
  const load = () => keys.list().then(setResult);
  useEffect(() => void load(), []);
  if (result.error?.kind === "notFound") return null;

  /** Has a form do something with the name that is in it. */
  const submit = (change) => async (event) => {
    event.preventDefault();
    show(await change(event.target.elements.name.value));
  };
  function show({ error }) {
    setMessage(error && explain(error));
    load();
  }

  return (
    <section>
      <h2>Passkeys</h2>
      {message && <p role="alert">{message}</p>}
      <ul>
        {result.data?.map(({ credentialId, name }) => (
          <li key={credentialId}>
            <form onSubmit={submit((name) => keys.rename(credentialId, name))}>
              <input name="name" aria-label="Name" defaultValue={name} />
              <button>Rename</button>
              <button type="button" onClick={async () => show(await keys.remove(credentialId))}>
                Remove
              </button>
            </form>
          </li>
        ))}
      </ul>
      {/* Empty again after each. */}
      <form key={result.data?.length} onSubmit={submit((name) => keys.add(name))}>
        <input name="name" aria-label="Name of a new one" placeholder="My laptop" />
        <button>Add a passkey</button>
      </form>
    </section>
  );
}

createRoot(document.querySelector("#app")).render(<App />);
