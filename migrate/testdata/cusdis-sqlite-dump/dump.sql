PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "pages" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "slug" TEXT NOT NULL,
    "url" TEXT,
    "title" TEXT,
    "projectId" TEXT NOT NULL,
    CONSTRAINT "pages_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "projects" ("id")
);
INSERT INTO pages VALUES('g1','first','https://blog.example/first','It''s -- first','p1');
CREATE TABLE IF NOT EXISTS "comments" ("id" TEXT NOT NULL PRIMARY KEY, "pageId" TEXT NOT NULL, "created_at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "updated_at" DATETIME, "deletedAt" DATETIME, "moderatorId" TEXT, "by_email" TEXT, "by_nickname" TEXT NOT NULL, "content" TEXT NOT NULL, "approved" BOOLEAN NOT NULL DEFAULT false, "parentId" TEXT);
INSERT INTO comments VALUES('k1','g1',1620284889000,NULL,NULL,NULL,NULL,'O''Hara',replace(replace('two\r\nlines; and ''more''','\r',char(13)),'\n',char(10)),1,NULL);
INSERT INTO comments VALUES('k2','g1','2021-05-06 08:08:09.5',NULL,NULL,NULL,NULL,'Bea',unistr('caf\u00e9'),0,'k1');
INSERT INTO "users" VALUES('u1','x');
/* the end */
COMMIT;
