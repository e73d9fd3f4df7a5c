BEGIN TRANSACTION;
CREATE TABLE change (
	experiment_id INTEGER NOT NULL, 
	count BIGINT NOT NULL, 
	CONSTRAINT pk_change PRIMARY KEY (experiment_id), 
	CONSTRAINT fk_change_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiment (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "change" VALUES(0,0);
INSERT INTO "change" VALUES(1,4);
CREATE TABLE experiment (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	artifact_location TEXT, 
	stage SMALLINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	deleted_at BIGINT, 
	CONSTRAINT ck_experiment_stage CHECK (stage IN (0, 1))
);
INSERT INTO "experiment" VALUES(0,'Default',NULL,0,1795443453255,1795443453255,NULL);
INSERT INTO "experiment" VALUES(1,'churn',NULL,0,1795443453331,1795443453331,NULL);
CREATE TABLE experiment_tag (
	experiment_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_experiment_tag PRIMARY KEY (experiment_id, "key"), 
	CONSTRAINT fk_experiment_tag_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiment (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;
INSERT INTO "experiment_tag" VALUES(1,'team','blue');
CREATE TABLE "key" (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_key PRIMARY KEY (id), 
	CONSTRAINT uq_key_name UNIQUE (name)
);
INSERT INTO "key" VALUES(1,'mlflow.runName');
INSERT INTO "key" VALUES(2,'lr');
INSERT INTO "key" VALUES(3,'loss');
INSERT INTO "key" VALUES(4,'kind');
CREATE TABLE latest (
	run_id INTEGER NOT NULL, 
	key_id INTEGER NOT NULL, 
	value DOUBLE, 
	is_nan BOOLEAN NOT NULL, 
	step BIGINT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	CONSTRAINT pk_latest PRIMARY KEY (run_id, key_id), 
	CONSTRAINT ck_latest_nan CHECK ((value IS NULL) = is_nan), 
	CONSTRAINT fk_latest_run_id FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE, 
	CONSTRAINT fk_latest_key_id FOREIGN KEY(key_id) REFERENCES "key" (id)
)
 WITHOUT ROWID

;
INSERT INTO "latest" VALUES(1,3,0.25,0,4,8);
CREATE TABLE meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_meta PRIMARY KEY (name)
);
CREATE TABLE param (
	run_id INTEGER NOT NULL, 
	key_id INTEGER NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_param PRIMARY KEY (run_id, key_id), 
	CONSTRAINT fk_param_run_id FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE, 
	CONSTRAINT fk_param_key_id FOREIGN KEY(key_id) REFERENCES "key" (id)
)
 WITHOUT ROWID

;
INSERT INTO "param" VALUES(1,2,'0.1');
CREATE TABLE run (
	id INTEGER NOT NULL, 
	uuid TEXT NOT NULL, 
	experiment_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	start_time BIGINT NOT NULL, 
	end_time BIGINT, 
	stage SMALLINT NOT NULL, 
	deleted_at BIGINT, 
	CONSTRAINT pk_run PRIMARY KEY (id), 
	CONSTRAINT ck_run_stage CHECK (stage IN (0, 1)), 
	CONSTRAINT ck_run_status CHECK (status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED')), 
	CONSTRAINT uq_run_uuid UNIQUE (uuid), 
	CONSTRAINT fk_run_experiment_id FOREIGN KEY(experiment_id) REFERENCES experiment (id) ON DELETE CASCADE
);
INSERT INTO "run" VALUES(1,'3c206b5ff3224595802826b855aaa0cb',1,'first','ada','FINISHED',5,9,0,NULL);
CREATE TABLE schema_revision (version_num VARCHAR(32) NOT NULL, CONSTRAINT schema_revision_pkc PRIMARY KEY (version_num));
INSERT INTO "schema_revision" VALUES('0001');
CREATE TABLE tag (
	run_id INTEGER NOT NULL, 
	key_id INTEGER NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_tag PRIMARY KEY (run_id, key_id), 
	CONSTRAINT fk_tag_run_id FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE, 
	CONSTRAINT fk_tag_key_id FOREIGN KEY(key_id) REFERENCES "key" (id)
)
 WITHOUT ROWID

;
INSERT INTO "tag" VALUES(1,1,'first');
INSERT INTO "tag" VALUES(1,4,'trial');
CREATE TABLE tail (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	size INTEGER NOT NULL, 
	points BLOB NOT NULL, 
	CONSTRAINT pk_tail PRIMARY KEY (id), 
	CONSTRAINT fk_tail_run_id FOREIGN KEY(run_id) REFERENCES run (id) ON DELETE CASCADE
);
INSERT INTO "tail" VALUES(1,1,2,X'030000000000000003000000000000000300000000000000040000000000000007000000000000000800000000000000000000000000E03F000000000000D03F');
CREATE UNIQUE INDEX uq_experiment_active_name ON experiment (name) WHERE stage = 0;
CREATE INDEX ix_run_newest ON run (experiment_id, stage, start_time DESC, uuid);
CREATE INDEX ix_param_value ON param (key_id, value, run_id);
CREATE INDEX ix_tag_value ON tag (key_id, value, run_id);
CREATE INDEX ix_latest_value ON latest (key_id, value, run_id);
CREATE INDEX ix_tail_run_id ON tail (run_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('experiment',1);
COMMIT;
