--
-- PostgreSQL database dump
--
CREATE TABLE public.comments (
    id text NOT NULL,
    "pageId" text NOT NULL,
    created_at timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    "deletedAt" timestamp(3) without time zone,
    by_email text,
    by_nickname text NOT NULL,
    content text NOT NULL,
    approved boolean DEFAULT false NOT NULL,
    "parentId" text
);
COPY public.comments (id, "pageId", created_at, "deletedAt", by_email, by_nickname, content, approved, "parentId") FROM stdin;
k1	g1	2021-05-06 07:08:09.123	\N	ann@mail.example	Ann	two\nlines, a \\ and a\ttab	t	\N
k2	g1	2021-05-06 07:09:09	\N	\N	Bea	waits	f	k1
\.

COPY public.pages (id, slug, url, title, "projectId") FROM stdin;
g1	first	https://blog.example/first	First	p1
\.
INSERT INTO public."comments" (id, "pageId", created_at, by_nickname, content, approved) VALUES ('k3', 'g1', '2021-05-06 07:10:09'::timestamp, 'Cy', E'it''s\n\'escaped\'', true), ('k4','g1', '2021-05-06 07:11:09', 'Di', 'two rows', TRUE) ON CONFLICT DO NOTHING;
ALTER TABLE ONLY public.comments ADD CONSTRAINT comments_pkey PRIMARY KEY (id);
