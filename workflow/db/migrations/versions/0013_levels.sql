-- The level that the process asks for, the code of what keeps the file below it, and the end of the certificate that
-- made the file's last time stamp.
ALTER TABLE card ADD COLUMN aim TEXT;
ALTER TABLE card ADD COLUMN pending TEXT;
ALTER TABLE card ADD COLUMN stamps_until TIMESTAMP WITH TIME ZONE;
CREATE INDEX card_pending ON card (id) WHERE pending IS NOT NULL;
CREATE INDEX card_archived ON card (stamps_until) WHERE level = 'B-LTA';

-- Attempts that found nothing wrong but something away: they do not count towards giving up.
ALTER TABLE outbox ADD COLUMN waits INTEGER DEFAULT 0 NOT NULL;
-- Nobody is at work on a step that rests until its next attempt, so it takes no place of those that are in flight.
ALTER TABLE outbox ADD COLUMN resting BOOLEAN DEFAULT false NOT NULL;

-- Files that a card had before: some of them holders may have, so they are known and kept.
CREATE TABLE earlier_file (
    case_id BIGINT NOT NULL,
    card BIGINT NOT NULL,
    n INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    blob TEXT,
    level TEXT,
    published BOOLEAN NOT NULL,
    replaced_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (card, n),
    FOREIGN KEY(card) REFERENCES card (id)
);
CREATE INDEX earlier_file_sha256 ON earlier_file (sha256);

GRANT SELECT, INSERT, UPDATE ON earlier_file TO alur_engine;
ALTER TABLE earlier_file ENABLE ROW LEVEL SECURITY;
CREATE POLICY every_office ON earlier_file TO alur_engine USING (true) WITH CHECK (true);

-- Whoever holds an older copy reads of which card it is, and when another file took its place.
CREATE FUNCTION earlier_card_file(wanted text) RETURNS TABLE (code text, replaced_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.code, f.replaced_at FROM earlier_file f JOIN card k ON k.id = f.card
    WHERE f.sha256 = wanted AND f.published AND k.state NOT IN ('reserved', 'signed')
$$;
REVOKE ALL ON FUNCTION earlier_card_file(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION earlier_card_file(text) TO alur_engine, alur_web;
