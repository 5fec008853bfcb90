// The page with React.
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { useWicketgate } from "wicketgate-client/react";
import { explain, reasons, registerAndLogin, wicketgate } from "../accounts.js";

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
    </>
  );
}

function SignIn({ reason }) {
  const [message, setMessage] = useState(reason);
  const [needsCode, setNeedsCode] = useState(false);

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
        <input name="email" type="email" autoComplete="username" required />
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

createRoot(document.querySelector("#app")).render(<App />);
