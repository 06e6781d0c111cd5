/**
 * Parameters of the ecosystem that have no effect yet, by module. They are told from misspelt ones: a warning, no error.
 */
const byModule: Record<string, string> = {
  meta: 'version region language proxy_env app apps',
  infra: `infra_services infra_extra_services infra_packages repo_enabled repo_endpoint repo_home repo_name repo_remove repo_modules repo_upstream
    repo_packages repo_extra_packages repo_url_packages nginx_clean nginx_data certbot_sign certbot_email
    certbot_options vmetrics_clean vlogs_enabled vlogs_clean vlogs_port vlogs_options vtraces_enabled vtraces_clean vtraces_port
    vtraces_options blackbox_enabled blackbox_port blackbox_options grafana_enabled grafana_port grafana_clean grafana_admin_username
    grafana_admin_password grafana_auth_proxy grafana_pgurl grafana_view_password`,
  node: `node_repo_modules node_repo_remove node_uv_env node_pip_packages node_disable_numa
    node_tuned_profile_dir node_admin_ssh_exchange
    node_admin_pk_current node_crontab_overwrite
    vip_exporter_port haproxy_clean haproxy_reload vector_enabled vector_clean
    vector_data vector_port vector_read_from vector_log_endpoint`,
  etcd: 'etcd_learner etcd_rm_pkg',
  redis: `redis_cluster redis_instances redis_node redis_type redis_fs_main redis_exporter_enabled redis_exporter_port
    redis_exporter_options redis_mode redis_conf redis_bind_address redis_max_memory redis_mem_policy redis_password redis_rdb_save
    redis_aof_enabled redis_rename_commands redis_cluster_replicas redis_sentinel_monitor redis_safeguard redis_rm_data redis_rm_pkg`,
  docker: `docker_enabled docker_data docker_storage_driver docker_cgroups_driver docker_registry_mirrors docker_exporter_port
    docker_image docker_image_cache`,
  juice: 'juice_cache juice_instances',
  vibe: `vibe_data code_enabled code_port code_data code_password code_gallery jupyter_enabled jupyter_port jupyter_data
    jupyter_password jupyter_venv nodejs_enabled nodejs_registry npm_packages claude_enabled claude_package claude_env codex_enabled`,
  kafka: `kafka_cluster kafka_seq kafka_role kafka_cluster_id kafka_data kafka_heap_opts kafka_port kafka_controller_port kafka_rack
    kafka_parameters kafka_jmx_exporter_port kafka_exporter_port kafka_security kafka_users kafka_topics kafka_safeguard
    kafka_rm_data kafka_rm_pkg kafka_rotate_credentials kafka_rotate_certificates kafka_rotate_confirm`,
  mysql: `mysql_cluster mysql_seq mysql_root_password mysql_monitor_password mysql_cluster_password mysql_databases mysql_users
    mysql_parameters mysql_backup_enabled mysql_backup_repo mysql_exporter_enabled mysql_safeguard mysql_rm_confirm`,
  citus: 'pg_shard pg_group',
  pgsql: `pg_instances gp_role pg_exporters pg_dbsu_ssh_exchange pg_files pgsodium_key
    pgsodium_getkey_script pg_init pg_reload pg_service_provider pg_exporter_config
    pg_exporter_cache_ttls pg_exporter_url pg_exporter_connect_timeout pgbouncer_exporter_url
    pg_primary_db pgbackrest_exporter_enabled pgbackrest_exporter_port pgbackrest_exporter_options`,
};

/** Each known parameter without effect, and its module. */
export const withoutEffect: ReadonlyMap<string, string> = new Map(Object.entries(byModule).flatMap(([module, names]) => names.split(/\s+/).map((name) => [name, module])));
