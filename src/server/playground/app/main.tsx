import './workers.js';
import 'graphiql/style.css';
import './main.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { EXAMPLES } from './examples.js';
import { initialHeaders, requestHeaders } from './settings.js';

const fetcher = createGraphiQLFetcher({
  url: location.pathname,
  headers: requestHeaders,
  enableIncrementalDelivery: false,
});
const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
const root = document.querySelector('#playground');

if (root)
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      // A visit starts with the examples, a reload keeps what was typed, and no number stays behind on this machine.
      storage={sessionStorage}
      defaultTabs={[...EXAMPLES]}
      defaultHeaders={initialHeaders()}
      defaultEditorToolsVisibility="headers"
      showPersistHeadersSettings={false}
    >
      <GraphiQL.Logo>
        <span className="switchboard-logo">
          <img src={icon?.href} alt="" />
          Switchboard
        </span>
      </GraphiQL.Logo>
    </GraphiQL>,
  );
