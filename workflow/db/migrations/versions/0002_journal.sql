CREATE TABLE journal (
    seq BIGINT NOT NULL,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    body JSONB NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (seq)
);

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON journal TO alur_engine, alur_web;

-- What the web writes speaks for the person it serves, and for nobody else.
ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_it ON journal TO alur_engine USING (true) WITH CHECK (true);
CREATE POLICY in_own_name ON journal TO alur_web USING (true) WITH CHECK (actor = current_account()::text);
