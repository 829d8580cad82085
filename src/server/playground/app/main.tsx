import './workers.js';
import 'graphiql/style.css';
import './main.css';
import { GraphiQL } from 'graphiql';
import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EXAMPLES } from './examples.js';
import { createFetcher, type Cost } from './fetcher.js';
import { initialHeaders } from './settings.js';

const counted = (count: number, noun: string) => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

const describeCost = ({ calls, ids, cacheHits }: Cost) =>
  [counted(calls, 'upstream call'), counted(ids, 'id'), counted(cacheHits, 'cache hit')].join(' · ');

function Playground({ icon }: { icon: string | undefined }) {
  const [cost, setCost] = useState<Cost>();
  const fetcher = useMemo(() => createFetcher(setCost), []);
  return (
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
          <img src={icon} alt="" />
          Switchboard
        </span>
      </GraphiQL.Logo>
      {cost && (
        <GraphiQL.Footer>
          <p className="switchboard-cost">{describeCost(cost)}</p>
        </GraphiQL.Footer>
      )}
    </GraphiQL>
  );
}

const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href;
const root = document.querySelector('#playground');
if (root) createRoot(root).render(<Playground icon={icon} />);
