CREATE TABLE incident (
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    process TEXT NOT NULL,
    office TEXT NOT NULL,
    run TEXT NOT NULL,
    code TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (case_id, seq)
);

-- A fold keeps its step as an array: number, name, moves, actor, role, carry, cause of the failure.
INSERT INTO incident (case_id, seq, process, office, run, code, at)
    SELECT id, (fold->'step'->>0)::int, process, office, fold->'step'->>1, fold->'step'->>6, updated_at
    FROM case_ WHERE fold->'step'->>6 IS NOT NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON incident TO alur_engine;
GRANT SELECT ON incident TO alur_web;

ALTER TABLE incident ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_office ON incident TO alur_engine USING (true) WITH CHECK (true);
CREATE POLICY of_a_visible_case ON incident TO alur_web USING (EXISTS (SELECT 1 FROM case_ c WHERE c.id = case_id));
