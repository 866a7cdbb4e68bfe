CREATE TABLE calendar (
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid_from DATE NOT NULL,
    body JSONB NOT NULL,
    author TEXT NOT NULL,
    approver TEXT,
    submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (hash),
    CONSTRAINT calendar_approved CHECK ((approver IS NULL) = (published_at IS NULL)),
    CONSTRAINT calendar_four_eyes CHECK (approver <> author OR author = 'shipped')
);

CREATE UNIQUE INDEX calendar_version ON calendar (name, version) WHERE published_at IS NOT NULL;

CREATE TABLE recount (
    hash TEXT NOT NULL,
    reached BIGINT DEFAULT '0' NOT NULL,
    moved INTEGER DEFAULT '0' NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (hash),
    FOREIGN KEY(hash) REFERENCES calendar (hash)
);

-- A version is written once and published once; what was counted with it can be counted again for ever.
CREATE FUNCTION keep_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL OR
       (NEW.hash, NEW.name, NEW.version, NEW.valid_from, NEW.body, NEW.author, NEW.submitted_at) IS DISTINCT FROM
       (OLD.hash, OLD.name, OLD.version, OLD.valid_from, OLD.body, OLD.author, OLD.submitted_at) THEN
        RAISE EXCEPTION 'a version of a calendar is immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER calendar_immutable BEFORE UPDATE ON calendar FOR EACH ROW EXECUTE FUNCTION keep_calendar();
CREATE TRIGGER calendar_kept BEFORE DELETE ON calendar FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER calendar_no_truncate BEFORE TRUNCATE ON calendar FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON calendar TO alur_engine, alur_web;
GRANT UPDATE (approver, published_at) ON calendar TO alur_engine, alur_web;
GRANT SELECT, INSERT, UPDATE ON recount TO alur_engine;
GRANT SELECT ON recount TO alur_web;

-- What the web writes speaks for the person it serves, and for nobody else.
ALTER TABLE calendar ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_of_them ON calendar TO alur_engine USING (true) WITH CHECK (true);
CREATE POLICY read_by_all ON calendar FOR SELECT TO alur_web USING (true);
CREATE POLICY in_own_name ON calendar FOR INSERT TO alur_web
    WITH CHECK (author = current_account()::text AND published_at IS NULL);
CREATE POLICY approved_in_own_name ON calendar FOR UPDATE TO alur_web
    USING (true) WITH CHECK (approver = current_account()::text);
