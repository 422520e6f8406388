-- What was known of a target and not kept: where it began, and the next step after an attempt that failed.

-- The attestation after which it is told, where it was not told everything; NULL of one that began before this was kept.
ALTER TABLE target_states ADD COLUMN began TEXT;

-- What to do about a failure; empty where it went well.
ALTER TABLE attempts ADD COLUMN next TEXT NOT NULL DEFAULT '';
