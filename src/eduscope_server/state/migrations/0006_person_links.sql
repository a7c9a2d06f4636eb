-- Tokens of one person under several keys of the ring. A token cannot be made from another: whoever met the person again
-- after a rotation, with the value at hand, said so. Each earlier token leads to the current one, never over a third.
CREATE TABLE person_links (
    earlier   text PRIMARY KEY,
    current   text NOT NULL CHECK (current <> earlier),
    linked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX person_links_by_current ON person_links (current);
