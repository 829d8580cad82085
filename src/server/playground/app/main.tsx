import './workers.js';
import 'graphiql/style.css';
import './main.css';
import { useGraphiQL } from '@graphiql/react';
import { GraphiQL } from 'graphiql';
import { useEffect, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { EXAMPLES } from './examples.js';
import { createFetcher, type Cost } from './fetcher.js';
import { initialHeaders } from './settings.js';

const counted = (count: number, noun: string) => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

const describeCost = ({ calls, ids, cacheHits }: Cost) =>
  [counted(calls, 'upstream call'), counted(ids, 'id'), counted(cacheHits, 'cache hit')].join(' · ');

/** By tab; undefined while a run is under way, and where it failed. */
type Costs = Record<string, Cost | undefined>;

/** What the answer that is shown has cost. */
function CostOfTab({ costs, activeTab }: { costs: Costs; activeTab: { current: string } }) {
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.id ?? '');
  useEffect(() => {
    activeTab.current = tab;
  }, [activeTab, tab]);
  const cost = costs[tab];
  return cost && <p className="switchboard-cost">{describeCost(cost)}</p>;
}

function Playground({ icon }: { icon: string | undefined }) {
  const [costs, setCosts] = useState<Costs>({});
  const activeTab = useRef('');
  const fetcher = useMemo(
    () =>
      createFetcher(() => {
        const tab = activeTab.current;
        const note = (cost: Cost | undefined) => {
          setCosts((before) => ({ ...before, [tab]: cost }));
        };
        note(undefined);
        return note;
      }),
    [],
  );
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
      <GraphiQL.Footer>
        <CostOfTab costs={costs} activeTab={activeTab} />
      </GraphiQL.Footer>
    </GraphiQL>
  );
}

const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href;
const root = document.querySelector('#playground');
if (root) createRoot(root).render(<Playground icon={icon} />);
