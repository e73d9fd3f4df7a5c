CREATE TABLE public.change (
    experiment_id bigint NOT NULL,
    writer smallint NOT NULL,
    count bigint NOT NULL
);
CREATE TABLE public.chunk (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    first_key bigint NOT NULL,
    last_key bigint NOT NULL,
    size integer NOT NULL,
    first_time bigint NOT NULL,
    last_time bigint NOT NULL,
    first_step bigint NOT NULL,
    last_step bigint NOT NULL,
    codec smallint NOT NULL,
    points bytea NOT NULL
);
CREATE SEQUENCE public.chunk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.chunk_id_seq OWNED BY public.chunk.id;
CREATE TABLE public.dataset (
    id bigint NOT NULL,
    experiment_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    source_type text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    schema text NOT NULL COLLATE pg_catalog."C",
    profile text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.dataset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.dataset_id_seq OWNED BY public.dataset.id;
CREATE TABLE public.document (
    run_id bigint NOT NULL,
    data bytea
);
CREATE TABLE public.experiment (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    artifact_location text COLLATE pg_catalog."C",
    stage smallint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    CONSTRAINT ck_experiment_stage CHECK ((stage = ANY (ARRAY[0, 1])))
);
CREATE SEQUENCE public.experiment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.experiment_id_seq OWNED BY public.experiment.id;
CREATE TABLE public.experiment_tag (
    experiment_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.input (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    dataset_id bigint NOT NULL
);
CREATE SEQUENCE public.input_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.input_id_seq OWNED BY public.input.id;
CREATE TABLE public.input_tag (
    input_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.journal (
    run_id bigint NOT NULL,
    writer text NOT NULL COLLATE pg_catalog."C",
    applied bigint NOT NULL
);
CREATE TABLE public.key (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.key_id_seq OWNED BY public.key.id;
CREATE TABLE public.latest (
    run_id bigint NOT NULL,
    key_id bigint NOT NULL,
    value double precision,
    is_nan boolean NOT NULL,
    step bigint NOT NULL,
    "timestamp" bigint NOT NULL,
    lowest double precision,
    highest double precision,
    first_value double precision,
    first_step bigint,
    first_timestamp bigint,
    CONSTRAINT ck_latest_nan CHECK (((value IS NULL) = is_nan))
);
CREATE TABLE public.leftover (
    id bigint NOT NULL,
    place text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.leftover_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.leftover_id_seq OWNED BY public.leftover.id;
CREATE TABLE public.logged_model (
    id bigint NOT NULL,
    uuid text NOT NULL COLLATE pg_catalog."C",
    experiment_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    model_type text NOT NULL COLLATE pg_catalog."C",
    source_run_id text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint,
    CONSTRAINT ck_logged_model_status CHECK ((status = ANY (ARRAY['UNSPECIFIED'::text, 'PENDING'::text, 'READY'::text, 'FAILED'::text])))
);
CREATE SEQUENCE public.logged_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.logged_model_id_seq OWNED BY public.logged_model.id;
CREATE TABLE public.logged_model_metric (
    id bigint NOT NULL,
    model_id bigint NOT NULL,
    run_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value double precision,
    is_nan boolean NOT NULL,
    step bigint NOT NULL,
    "timestamp" bigint NOT NULL,
    dataset_name text NOT NULL COLLATE pg_catalog."C",
    dataset_digest text NOT NULL COLLATE pg_catalog."C",
    CONSTRAINT ck_logged_model_metric_nan CHECK (((value IS NULL) = is_nan))
);
CREATE SEQUENCE public.logged_model_metric_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.logged_model_metric_id_seq OWNED BY public.logged_model_metric.id;
CREATE TABLE public.logged_model_param (
    model_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.logged_model_tag (
    model_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.meta (
    name text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.model_alias (
    model_id bigint NOT NULL,
    alias text NOT NULL COLLATE pg_catalog."C",
    version_id bigint NOT NULL
);
CREATE TABLE public.model_version (
    id bigint NOT NULL,
    model_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    stage text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    location text NOT NULL COLLATE pg_catalog."C",
    run_id text NOT NULL COLLATE pg_catalog."C",
    run_link text NOT NULL COLLATE pg_catalog."C",
    logged_model text COLLATE pg_catalog."C",
    CONSTRAINT ck_model_version_stage CHECK ((stage = ANY (ARRAY['None'::text, 'Staging'::text, 'Production'::text, 'Archived'::text])))
);
CREATE SEQUENCE public.model_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.model_version_id_seq OWNED BY public.model_version.id;
CREATE TABLE public.model_version_tag (
    version_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.param (
    run_id bigint NOT NULL,
    key_id bigint NOT NULL,
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.pulse (
    run_id bigint NOT NULL,
    seen_at bigint NOT NULL
);
CREATE TABLE public.refusal (
    run_id bigint NOT NULL,
    writer text NOT NULL COLLATE pg_catalog."C",
    n bigint NOT NULL,
    error text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.registered_model (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    last_version bigint NOT NULL
);
CREATE SEQUENCE public.registered_model_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.registered_model_id_seq OWNED BY public.registered_model.id;
CREATE TABLE public.registered_model_tag (
    model_id bigint NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.run (
    id bigint NOT NULL,
    uuid text NOT NULL COLLATE pg_catalog."C",
    experiment_id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    user_id text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    start_time bigint NOT NULL,
    end_time bigint,
    stage smallint NOT NULL,
    deleted_at bigint,
    CONSTRAINT ck_run_stage CHECK ((stage = ANY (ARRAY[0, 1]))),
    CONSTRAINT ck_run_status CHECK ((status = ANY (ARRAY['RUNNING'::text, 'SCHEDULED'::text, 'FINISHED'::text, 'FAILED'::text, 'KILLED'::text])))
);
CREATE SEQUENCE public.run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.run_id_seq OWNED BY public.run.id;
CREATE TABLE public.run_model (
    run_id bigint NOT NULL,
    is_output boolean NOT NULL,
    model_id text NOT NULL COLLATE pg_catalog."C",
    step bigint NOT NULL,
    place integer NOT NULL
);
CREATE TABLE public.schema_revision (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.tag (
    run_id bigint NOT NULL,
    key_id bigint NOT NULL,
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.tail (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    size integer NOT NULL,
    points bytea NOT NULL
);
CREATE SEQUENCE public.tail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.tail_id_seq OWNED BY public.tail.id;
CREATE TABLE public.webhook (
    id bigint NOT NULL,
    uuid text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    description text NOT NULL COLLATE pg_catalog."C",
    url text NOT NULL COLLATE pg_catalog."C",
    secret text COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    CONSTRAINT ck_webhook_status CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'DISABLED'::text])))
);
CREATE TABLE public.webhook_delivery (
    id bigint NOT NULL,
    uuid text NOT NULL COLLATE pg_catalog."C",
    webhook_id bigint NOT NULL,
    event text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL COLLATE pg_catalog."C",
    attempts integer NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint,
    error text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.webhook_delivery_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.webhook_delivery_id_seq OWNED BY public.webhook_delivery.id;
CREATE TABLE public.webhook_event (
    event text NOT NULL COLLATE pg_catalog."C",
    webhook_id bigint NOT NULL
);
CREATE SEQUENCE public.webhook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.webhook_id_seq OWNED BY public.webhook.id;
ALTER TABLE ONLY public.chunk ALTER COLUMN id SET DEFAULT nextval('public.chunk_id_seq'::regclass);
ALTER TABLE ONLY public.dataset ALTER COLUMN id SET DEFAULT nextval('public.dataset_id_seq'::regclass);
ALTER TABLE ONLY public.experiment ALTER COLUMN id SET DEFAULT nextval('public.experiment_id_seq'::regclass);
ALTER TABLE ONLY public.input ALTER COLUMN id SET DEFAULT nextval('public.input_id_seq'::regclass);
ALTER TABLE ONLY public.key ALTER COLUMN id SET DEFAULT nextval('public.key_id_seq'::regclass);
ALTER TABLE ONLY public.leftover ALTER COLUMN id SET DEFAULT nextval('public.leftover_id_seq'::regclass);
ALTER TABLE ONLY public.logged_model ALTER COLUMN id SET DEFAULT nextval('public.logged_model_id_seq'::regclass);
ALTER TABLE ONLY public.logged_model_metric ALTER COLUMN id SET DEFAULT nextval('public.logged_model_metric_id_seq'::regclass);
ALTER TABLE ONLY public.model_version ALTER COLUMN id SET DEFAULT nextval('public.model_version_id_seq'::regclass);
ALTER TABLE ONLY public.registered_model ALTER COLUMN id SET DEFAULT nextval('public.registered_model_id_seq'::regclass);
ALTER TABLE ONLY public.run ALTER COLUMN id SET DEFAULT nextval('public.run_id_seq'::regclass);
ALTER TABLE ONLY public.tail ALTER COLUMN id SET DEFAULT nextval('public.tail_id_seq'::regclass);
ALTER TABLE ONLY public.webhook ALTER COLUMN id SET DEFAULT nextval('public.webhook_id_seq'::regclass);
ALTER TABLE ONLY public.webhook_delivery ALTER COLUMN id SET DEFAULT nextval('public.webhook_delivery_id_seq'::regclass);
INSERT INTO public.change VALUES (0, 0, 0);
INSERT INTO public.change VALUES (1, 0, 0);
INSERT INTO public.change VALUES (1, 42, 13);
INSERT INTO public.chunk VALUES (1, 1, 3, 5, 302, 7, 309, 0, 299, 1, '\x0200000003000000000000000500000000000000020000002c0100003400000070636f210300884b0401042d01001061020080ffffffffffffff0fe007000000000000000200030000000000008019705dd503003400000070636f210300884b0401042d0100106102003f00000000000000100008000000000000000200070000000000008068669a2400009b04000070636f210300884b0401062d01001047080000bcbbbbbbbb3bf7cb0173518b86aeffff5f0a061e13ecffffffff38f2b33cf8ffffffff7719d780ffffffffff3fc878deffffffffffff2dc0daffffffffffffcf05e98bcc0f0441008036000000000000e0bf000000000000f0ff0000000000003000000000000000a0ff555555555555950057555555555535ff959999999999f90070070707970907079799999999090707979999292222222222222222220d07c31175b7006d0bd0b6006d0bd0b6006d0bb0ae99cce061619999999999999999999999999999999979777777777777777777777777c70ccecc000000000000002e0fd7e21eee8105ba19f87ddf174b9ff4499ff4dfe7159bdff77df350af23f53a52f061881871567e72d3010603bc6e482bb5846256200000000000b0e74a971705a2a233157479b10d6ffdc4c89150dff6029c7d7508950de8c1679d54c7e11a84684d64b9491bff7f062c51d5af7abeba8ac70005358628100a7e7868339410814580a83fea1623517352d475a281885e2e456ba66cbb8aeab3f5fe15ad1a859b4963c0c898c7a63f2e2388b6e074f5454e9c4e52029a2f26ec74575064f92b4a7b2f32730c012b0febc2455b62cc938bce1d643d17cdc4079d2eea7c38705d94d99a36bb280000001038ee46228bc8f034165155da4cf1d2d99733c5a5c99f6f1c358be2994498dfeeba0c7ab2cd617f6f2afa865ee35ba13f224f7e2464f04ed2604f257b1f5a020000aa32b92f099330ba9e2be7e1ef0337db4edfa70a167be3c4b5b6810498fe3f8fc6a28b000000000000c00a37e5f70a1491a63a059aad23ec1aca83f6f3c7f6a7e6f08334ccc85a5ba09ddaeaea51819df8c5c85b65f9bdf3f358fa3263fd34ca862c70e712bdabc9e0df68710a2af94acadc3c7d7e93492fc0a9c722d72d98ec15c4768b98fb3fe5ddfdfd5e3384df7bc49754e3592af2e34ff9d9c23cd36dde963cafeca0bfa9d1c763e947f3f40d987af4593d7bb3feb55cbfbfaf4783d8cb8dec256af6090f241e672c5c39ded38509c86818114e03f276bc80f43a1e3f86a48ba42487e677ff4039946e44f2f945977b804020100040e701a1a34345cc6638688f69ce0afe0b15cd1dee150f0030d710a85168521a53ccf364f401358ff513d693560bf77c37e3d74d58a798021959b9a619f3d93a9a7f3abebafa5a371b6a9b9fdbd13bfdfb2cdc53dc7dfca1dcc63ce99c081d271d489d5d1d7e9d94ddacddc25ddcfdebdd03be15de245e3c1e459e5b5e65be767e849e8dde9f9ea67eb51e005b78853a924298da88a845822ad6b472b6b3c7a92e7a0d74211019a9c8643e13a20275aa52dbdad8ce0a37b8f76daf872b5c641f83b9cd75a6f4a54d0d6c5d87fbd9f696b7c16dee30f130f130669907832f3b00d019e607a9e817af092cdf36be80e30c8d4c2c1c8c0c00000080a8ebeeeeeeeeee0000f20e101010d087a7fce332b3f9ce9c2ef4ab7f7dea72335bdcf88677c21d2e7194931c0000000000a8b90400000000e0000000000074000000000027000000004007000000007004000000007800000000005400000000000d00000000d00500000000f400000000006400000000401800000000c004000000000c020000000000');
INSERT INTO public.dataset VALUES (1, 1, 'rows', 'abc1', 'local', '{"uri":"rows.csv"}', '', '');
INSERT INTO public.document VALUES (1, '\x7b226d657472696373223a5b7b226b6579223a226163637572616379222c2276616c7565223a302e37352c2274696d657374616d70223a31312c2273746570223a347d2c7b226b6579223a226375727665222c2276616c7565223a302e303033333333333333333333333333333333352c2274696d657374616d70223a3330392c2273746570223a3239397d2c7b226b6579223a226c6f7373222c2276616c7565223a224e614e222c2274696d657374616d70223a392c2273746570223a357d5d2c22706172616d73223a5b7b226b6579223a226c72222c2276616c7565223a22302e31227d5d2c2274616773223a5b7b226b6579223a226b696e64222c2276616c7565223a22747269616c227d2c7b226b6579223a226d6c666c6f772e72756e4e616d65222c2276616c7565223a226669727374227d5d7d');
INSERT INTO public.document VALUES (2, NULL);
INSERT INTO public.document VALUES (3, '\x7b2274616773223a5b7b226b6579223a226d6c666c6f772e72756e4e616d65222c2276616c7565223a22676f6e65227d5d7d');
INSERT INTO public.experiment VALUES (0, 'Default', NULL, 0, 1795711385858, 1795711385858, NULL);
INSERT INTO public.experiment VALUES (1, 'churn', NULL, 0, 1795711385894, 1795711385894, NULL);
INSERT INTO public.experiment_tag VALUES (1, 'team', 'blue');
INSERT INTO public.input VALUES (1, 1, 1);
INSERT INTO public.input_tag VALUES (1, 'mlflow.data.context', 'train');
INSERT INTO public.journal VALUES (2, 'writer', 3);
INSERT INTO public.key VALUES (1, 'mlflow.runName');
INSERT INTO public.key VALUES (2, 'lr');
INSERT INTO public.key VALUES (3, 'loss');
INSERT INTO public.key VALUES (4, 'kind');
INSERT INTO public.key VALUES (5, 'curve');
INSERT INTO public.key VALUES (6, 'accuracy');
INSERT INTO public.latest VALUES (1, 5, 0.0033333333333333335, false, 299, 309, 0.0033333333333333335, 1, 1, 0, 10);
INSERT INTO public.latest VALUES (1, 3, NULL, true, 5, 9, 0.25, 0.5, 0.5, 3, 7);
INSERT INTO public.latest VALUES (1, 6, 0.75, false, 4, 11, 0.75, 0.75, 0.75, 4, 11);
INSERT INTO public.latest VALUES (2, 3, 0.75, false, 1, 12, 0.75, 0.75, 0.75, 1, 12);
INSERT INTO public.logged_model VALUES (1, 'm-88fef498e1e745afbab37f55b94e8556', 1, 'forest', '', '3c206b5ff3224595802826b855aaa0cb', 'READY', 1795711386019, 1795711386038, NULL);
INSERT INTO public.logged_model_metric VALUES (1, 1, 1, 'accuracy', 0.75, false, 4, 11, 'rows', 'abc1');
INSERT INTO public.logged_model_param VALUES (1, 'trees', '10');
INSERT INTO public.logged_model_tag VALUES (1, 'stage', 'draft');
INSERT INTO public.model_alias VALUES (1, 'best', 1);
INSERT INTO public.model_version VALUES (1, 1, 'churn', 1, 1795711386066, 1795711386066, 'None', '', 's3://bucket/model', 's3://bucket/model', '3c206b5ff3224595802826b855aaa0cb', '', NULL);
INSERT INTO public.param VALUES (1, 2, '0.1');
INSERT INTO public.param VALUES (2, 2, '0.2');
INSERT INTO public.pulse VALUES (2, 1795711386053);
INSERT INTO public.refusal VALUES (2, 'writer', 2, '{"n":2,"error_code":"INVALID_PARAMETER_VALUE","message":"the param ''lr'' of run ''5f2d7c9e7a3b4a61b6d0f3c2e1a49d80'' is ''0.2'' and cannot become ''0.3'': params are written once; use a tag for a value that changes, or start another run","error":"ParamChanged","facts":{"run_id":"5f2d7c9e7a3b4a61b6d0f3c2e1a49d80","key":"lr"}}');
INSERT INTO public.registered_model VALUES (1, 'churn', '', 1795711386056, 1795711386066, 1);
INSERT INTO public.run VALUES (1, '3c206b5ff3224595802826b855aaa0cb', 1, 'first', 'ada', 'FINISHED', 5, 9, 0, NULL);
INSERT INTO public.run VALUES (2, '5f2d7c9e7a3b4a61b6d0f3c2e1a49d80', 1, 'offline', 'ada', 'RUNNING', 6, NULL, 0, NULL);
INSERT INTO public.run VALUES (3, '9a1e6b3d5c8f4072a9d4e7b1c6f0a253', 1, 'gone', 'ada', 'RUNNING', 7, NULL, 1, 1795711386056);
INSERT INTO public.run_model VALUES (1, true, 'm-88fef498e1e745afbab37f55b94e8556', 4, 1);
INSERT INTO public.schema_revision VALUES ('0012');
INSERT INTO public.tag VALUES (1, 1, 'first');
INSERT INTO public.tag VALUES (1, 4, 'trial');
INSERT INTO public.tag VALUES (2, 1, 'offline');
INSERT INTO public.tag VALUES (3, 1, 'gone');
INSERT INTO public.tail VALUES (3, 1, 1, '\x030000000000000005000000000000000900000000000000000000000000f87f');
INSERT INTO public.tail VALUES (4, 1, 1, '\x060000000000000004000000000000000b00000000000000000000000000e83f');
INSERT INTO public.tail VALUES (5, 2, 1, '\x030000000000000001000000000000000c00000000000000000000000000e83f');
SELECT pg_catalog.setval('public.chunk_id_seq', 1, true);
SELECT pg_catalog.setval('public.dataset_id_seq', 1, true);
SELECT pg_catalog.setval('public.experiment_id_seq', 1, true);
SELECT pg_catalog.setval('public.input_id_seq', 1, true);
SELECT pg_catalog.setval('public.key_id_seq', 6, true);
SELECT pg_catalog.setval('public.leftover_id_seq', 1, false);
SELECT pg_catalog.setval('public.logged_model_id_seq', 1, true);
SELECT pg_catalog.setval('public.logged_model_metric_id_seq', 1, true);
SELECT pg_catalog.setval('public.model_version_id_seq', 1, true);
SELECT pg_catalog.setval('public.registered_model_id_seq', 1, true);
SELECT pg_catalog.setval('public.run_id_seq', 3, true);
SELECT pg_catalog.setval('public.tail_id_seq', 5, true);
SELECT pg_catalog.setval('public.webhook_delivery_id_seq', 1, false);
SELECT pg_catalog.setval('public.webhook_id_seq', 1, false);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT pk_change PRIMARY KEY (experiment_id, writer);
ALTER TABLE ONLY public.chunk
    ADD CONSTRAINT pk_chunk PRIMARY KEY (id);
ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT pk_dataset PRIMARY KEY (id);
ALTER TABLE ONLY public.document
    ADD CONSTRAINT pk_document PRIMARY KEY (run_id);
ALTER TABLE ONLY public.experiment
    ADD CONSTRAINT pk_experiment PRIMARY KEY (id);
ALTER TABLE ONLY public.experiment_tag
    ADD CONSTRAINT pk_experiment_tag PRIMARY KEY (experiment_id, key);
ALTER TABLE ONLY public.input
    ADD CONSTRAINT pk_input PRIMARY KEY (id);
ALTER TABLE ONLY public.input_tag
    ADD CONSTRAINT pk_input_tag PRIMARY KEY (input_id, key);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT pk_journal PRIMARY KEY (run_id, writer);
ALTER TABLE ONLY public.key
    ADD CONSTRAINT pk_key PRIMARY KEY (id);
ALTER TABLE ONLY public.latest
    ADD CONSTRAINT pk_latest PRIMARY KEY (run_id, key_id);
ALTER TABLE ONLY public.leftover
    ADD CONSTRAINT pk_leftover PRIMARY KEY (id);
ALTER TABLE ONLY public.logged_model
    ADD CONSTRAINT pk_logged_model PRIMARY KEY (id);
ALTER TABLE ONLY public.logged_model_metric
    ADD CONSTRAINT pk_logged_model_metric PRIMARY KEY (id);
ALTER TABLE ONLY public.logged_model_param
    ADD CONSTRAINT pk_logged_model_param PRIMARY KEY (model_id, key);
ALTER TABLE ONLY public.logged_model_tag
    ADD CONSTRAINT pk_logged_model_tag PRIMARY KEY (model_id, key);
ALTER TABLE ONLY public.meta
    ADD CONSTRAINT pk_meta PRIMARY KEY (name);
ALTER TABLE ONLY public.model_alias
    ADD CONSTRAINT pk_model_alias PRIMARY KEY (model_id, alias);
ALTER TABLE ONLY public.model_version
    ADD CONSTRAINT pk_model_version PRIMARY KEY (id);
ALTER TABLE ONLY public.model_version_tag
    ADD CONSTRAINT pk_model_version_tag PRIMARY KEY (version_id, key);
ALTER TABLE ONLY public.param
    ADD CONSTRAINT pk_param PRIMARY KEY (run_id, key_id);
ALTER TABLE ONLY public.pulse
    ADD CONSTRAINT pk_pulse PRIMARY KEY (run_id);
ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT pk_refusal PRIMARY KEY (run_id, writer, n);
ALTER TABLE ONLY public.registered_model
    ADD CONSTRAINT pk_registered_model PRIMARY KEY (id);
ALTER TABLE ONLY public.registered_model_tag
    ADD CONSTRAINT pk_registered_model_tag PRIMARY KEY (model_id, key);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT pk_run PRIMARY KEY (id);
ALTER TABLE ONLY public.run_model
    ADD CONSTRAINT pk_run_model PRIMARY KEY (run_id, is_output, model_id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT pk_tag PRIMARY KEY (run_id, key_id);
ALTER TABLE ONLY public.tail
    ADD CONSTRAINT pk_tail PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook
    ADD CONSTRAINT pk_webhook PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT pk_webhook_delivery PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT pk_webhook_event PRIMARY KEY (event, webhook_id);
ALTER TABLE ONLY public.schema_revision
    ADD CONSTRAINT schema_revision_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT uq_dataset_experiment_id_name_digest UNIQUE (experiment_id, name, digest);
ALTER TABLE ONLY public.input
    ADD CONSTRAINT uq_input_run_id_dataset_id UNIQUE (run_id, dataset_id);
ALTER TABLE ONLY public.key
    ADD CONSTRAINT uq_key_name UNIQUE (name);
ALTER TABLE ONLY public.logged_model
    ADD CONSTRAINT uq_logged_model_uuid UNIQUE (uuid);
ALTER TABLE ONLY public.model_version
    ADD CONSTRAINT uq_model_version_model_id_version UNIQUE (model_id, version);
ALTER TABLE ONLY public.registered_model
    ADD CONSTRAINT uq_registered_model_name UNIQUE (name);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT uq_run_uuid UNIQUE (uuid);
ALTER TABLE ONLY public.webhook
    ADD CONSTRAINT uq_webhook_uuid UNIQUE (uuid);
CREATE INDEX ix_chunk_run_id_first_key ON public.chunk USING btree (run_id, first_key);
CREATE INDEX ix_input_dataset_id ON public.input USING btree (dataset_id);
CREATE INDEX ix_latest_value ON public.latest USING btree (key_id, value, run_id);
CREATE INDEX ix_logged_model_metric_key ON public.logged_model_metric USING btree (model_id, key);
CREATE INDEX ix_logged_model_metric_run_id ON public.logged_model_metric USING btree (run_id);
CREATE INDEX ix_logged_model_newest ON public.logged_model USING btree (experiment_id, created_at DESC, id DESC);
CREATE INDEX ix_model_alias_version_id ON public.model_alias USING btree (version_id);
CREATE INDEX ix_model_version_name ON public.model_version USING btree (name, version DESC);
CREATE INDEX ix_model_version_newest ON public.model_version USING btree (updated_at DESC, name, version DESC);
CREATE INDEX ix_model_version_run_id ON public.model_version USING btree (run_id);
CREATE INDEX ix_model_version_source ON public.model_version USING hash (source);
CREATE INDEX ix_param_value ON public.param USING btree (key_id, "left"(value, 250), run_id);
CREATE INDEX ix_run_newest ON public.run USING btree (experiment_id, stage, start_time DESC, uuid);
CREATE INDEX ix_tag_value ON public.tag USING btree (key_id, "left"(value, 250), run_id);
CREATE INDEX ix_tail_run_id_size ON public.tail USING btree (run_id, size);
CREATE INDEX ix_webhook_delivery_due_at ON public.webhook_delivery USING btree (due_at);
CREATE INDEX ix_webhook_delivery_webhook_id ON public.webhook_delivery USING btree (webhook_id);
CREATE INDEX ix_webhook_event_webhook_id ON public.webhook_event USING btree (webhook_id);
CREATE UNIQUE INDEX uq_experiment_active_name ON public.experiment USING btree (name) WHERE (stage = 0);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT fk_change_experiment_id FOREIGN KEY (experiment_id) REFERENCES public.experiment(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.chunk
    ADD CONSTRAINT fk_chunk_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT fk_dataset_experiment_id FOREIGN KEY (experiment_id) REFERENCES public.experiment(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.document
    ADD CONSTRAINT fk_document_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.experiment_tag
    ADD CONSTRAINT fk_experiment_tag_experiment_id FOREIGN KEY (experiment_id) REFERENCES public.experiment(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.input
    ADD CONSTRAINT fk_input_dataset_id FOREIGN KEY (dataset_id) REFERENCES public.dataset(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.input
    ADD CONSTRAINT fk_input_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.input_tag
    ADD CONSTRAINT fk_input_tag_input_id FOREIGN KEY (input_id) REFERENCES public.input(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT fk_journal_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.latest
    ADD CONSTRAINT fk_latest_key_id FOREIGN KEY (key_id) REFERENCES public.key(id);
ALTER TABLE ONLY public.latest
    ADD CONSTRAINT fk_latest_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.logged_model
    ADD CONSTRAINT fk_logged_model_experiment_id FOREIGN KEY (experiment_id) REFERENCES public.experiment(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.logged_model_metric
    ADD CONSTRAINT fk_logged_model_metric_model_id FOREIGN KEY (model_id) REFERENCES public.logged_model(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.logged_model_metric
    ADD CONSTRAINT fk_logged_model_metric_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.logged_model_param
    ADD CONSTRAINT fk_logged_model_param_model_id FOREIGN KEY (model_id) REFERENCES public.logged_model(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.logged_model_tag
    ADD CONSTRAINT fk_logged_model_tag_model_id FOREIGN KEY (model_id) REFERENCES public.logged_model(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.model_alias
    ADD CONSTRAINT fk_model_alias_model_id FOREIGN KEY (model_id) REFERENCES public.registered_model(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.model_alias
    ADD CONSTRAINT fk_model_alias_version_id FOREIGN KEY (version_id) REFERENCES public.model_version(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.model_version
    ADD CONSTRAINT fk_model_version_model_id FOREIGN KEY (model_id) REFERENCES public.registered_model(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.model_version_tag
    ADD CONSTRAINT fk_model_version_tag_version_id FOREIGN KEY (version_id) REFERENCES public.model_version(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.param
    ADD CONSTRAINT fk_param_key_id FOREIGN KEY (key_id) REFERENCES public.key(id);
ALTER TABLE ONLY public.param
    ADD CONSTRAINT fk_param_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.pulse
    ADD CONSTRAINT fk_pulse_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT fk_refusal_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.registered_model_tag
    ADD CONSTRAINT fk_registered_model_tag_model_id FOREIGN KEY (model_id) REFERENCES public.registered_model(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.run
    ADD CONSTRAINT fk_run_experiment_id FOREIGN KEY (experiment_id) REFERENCES public.experiment(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.run_model
    ADD CONSTRAINT fk_run_model_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT fk_tag_key_id FOREIGN KEY (key_id) REFERENCES public.key(id);
ALTER TABLE ONLY public.tag
    ADD CONSTRAINT fk_tag_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.tail
    ADD CONSTRAINT fk_tail_run_id FOREIGN KEY (run_id) REFERENCES public.run(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT fk_webhook_delivery_webhook_id FOREIGN KEY (webhook_id) REFERENCES public.webhook(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_event
    ADD CONSTRAINT fk_webhook_event_webhook_id FOREIGN KEY (webhook_id) REFERENCES public.webhook(id) ON DELETE CASCADE;
