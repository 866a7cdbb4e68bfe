ALTER TABLE card ADD COLUMN signatures INTEGER DEFAULT 1 NOT NULL;
ALTER TABLE signature ADD COLUMN account BIGINT;

CREATE TABLE print (
    case_id BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    card BIGINT NOT NULL,
    n INTEGER NOT NULL,
    code TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    data INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    blob TEXT NOT NULL,
    account BIGINT NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    PRIMARY KEY (card, n),
    CONSTRAINT print_step UNIQUE (case_id, seq),
    UNIQUE (code),
    FOREIGN KEY(card) REFERENCES card (id)
);

-- Of the prints of a number one counts, at most.
CREATE UNIQUE INDEX print_current ON print (card) WHERE state = 'current';
CREATE INDEX print_file ON print (sha256);

GRANT SELECT, INSERT, UPDATE ON print TO alur_engine;
GRANT SELECT ON print TO alur_web;

ALTER TABLE print ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_office ON print TO alur_engine USING (true) WITH CHECK (true);
-- Staff only: a print is not signed yet, so not even the person it is about may have it.
CREATE POLICY of_somebody_elses_case ON print TO alur_web USING (EXISTS (
    SELECT 1 FROM case_ c WHERE c.id = case_id AND c.owner IS DISTINCT FROM (SELECT current_account())));

-- A print is told by the code of its own: an earlier one is void as soon as a newer one is there, the current one
-- stands for the card.
DROP FUNCTION verify_card(text);
CREATE FUNCTION verify_card(wanted text) RETURNS TABLE (
    number text, code text, state text, reason text, holder text, office text, issued_on text, expires_on text,
    sha256 text, level text, signer text, changed_at timestamptz, signatures integer
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT number, code, state, reason, holder, office, issued_on, expires_on, sha256, level, signer, changed_at,
        signatures
    FROM card WHERE (code = wanted OR number = wanted OR sha256 = wanted) AND state NOT IN ('reserved', 'signed')
    UNION ALL
    SELECT k.number, p.code, CASE p.state WHEN 'void' THEN 'void' ELSE k.state END,
        CASE p.state WHEN 'void' THEN p.reason ELSE k.reason END, k.holder, k.office, k.issued_on, k.expires_on,
        k.sha256, k.level, k.signer, p.changed_at, k.signatures
    FROM print p JOIN card k ON k.id = p.card
    WHERE (p.code = wanted OR p.sha256 = wanted) AND (p.state = 'void' OR k.state NOT IN ('reserved', 'signed'))
$$;
REVOKE ALL ON FUNCTION verify_card(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION verify_card(text) TO alur_engine, alur_web;
