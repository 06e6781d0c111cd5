# Nodes of a spec on Aliyun that reach each other and nothing else, and a bastion through which the bundle comes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = "~> 1.250"
    }
  }
}

provider "alicloud" {
  region = var.region
}

locals {
  spec  = yamldecode(file("${path.module}/../../specs/${var.spec}.yml"))
  nodes = { for node in local.spec.nodes : node.name => node }
  user  = "root"
}

data "alicloud_zones" "here" {
  available_resource_creation = "VSwitch"
}

data "alicloud_instance_types" "node" {
  for_each          = local.nodes
  availability_zone = data.alicloud_zones.here.zones[0].id
  cpu_core_count    = max(2, each.value.cpus)
  memory_size       = each.value.memory > 2048 ? 4 : 2
}

data "alicloud_images" "debian" {
  most_recent = true
  owners      = "system"
  name_regex  = "^debian_${trimprefix(var.os, "d")}_.*x64"
}

resource "alicloud_ecs_key_pair" "operator" {
  key_pair_name = "pgark-${var.spec}"
  public_key    = file(var.public_key_file)
}

# Without a NAT gateway: nobody in it has a way out but by an address of its own.
resource "alicloud_vpc" "sandbox" {
  vpc_name   = "pgark-${var.spec}"
  cidr_block = "10.10.0.0/16"
}

resource "alicloud_vswitch" "nodes" {
  vswitch_name = "pgark-${var.spec}-nodes"
  vpc_id       = alicloud_vpc.sandbox.id
  cidr_block   = local.spec.network
  zone_id      = data.alicloud_zones.here.zones[0].id
}

resource "alicloud_security_group" "nodes" {
  security_group_name = "pgark-${var.spec}-nodes"
  vpc_id              = alicloud_vpc.sandbox.id
  inner_access_policy = "Accept"
}

resource "alicloud_security_group_rule" "from_bastion" {
  security_group_id        = alicloud_security_group.nodes.id
  source_security_group_id = alicloud_security_group.bastion.id
  type                     = "ingress"
  ip_protocol              = "tcp"
  port_range               = "22/22"
  policy                   = "accept"
  nic_type                 = "intranet"
}

resource "alicloud_security_group_rule" "to_nodes_only" {
  security_group_id = alicloud_security_group.nodes.id
  type              = "egress"
  ip_protocol       = "all"
  port_range        = "-1/-1"
  cidr_ip           = local.spec.network
  policy            = "accept"
  priority          = 1
}

# A group lets everything out unless a rule says otherwise.
resource "alicloud_security_group_rule" "nothing_else" {
  security_group_id = alicloud_security_group.nodes.id
  type              = "egress"
  ip_protocol       = "all"
  port_range        = "-1/-1"
  cidr_ip           = "0.0.0.0/0"
  policy            = "drop"
  priority          = 100
}

resource "alicloud_instance" "node" {
  for_each                   = local.nodes
  instance_name              = "pgark-${var.spec}-${each.key}"
  host_name                  = each.key
  image_id                   = data.alicloud_images.debian.images[0].id
  instance_type              = data.alicloud_instance_types.node[each.key].instance_types[0].id
  key_name                   = alicloud_ecs_key_pair.operator.key_pair_name
  vswitch_id                 = alicloud_vswitch.nodes.id
  private_ip                 = each.value.address
  internet_max_bandwidth_out = 0
  security_groups            = [alicloud_security_group.nodes.id]
  system_disk_category       = "cloud_essd"
  system_disk_size           = var.disk
  system_disk_encrypted      = true
}

resource "alicloud_vswitch" "bastion" {
  vswitch_name = "pgark-${var.spec}-bastion"
  vpc_id       = alicloud_vpc.sandbox.id
  cidr_block   = "10.10.250.0/24"
  zone_id      = data.alicloud_zones.here.zones[0].id
}

resource "alicloud_security_group" "bastion" {
  security_group_name = "pgark-${var.spec}-bastion"
  vpc_id              = alicloud_vpc.sandbox.id
  inner_access_policy = "Drop"
}

resource "alicloud_security_group_rule" "from_operator" {
  security_group_id = alicloud_security_group.bastion.id
  type              = "ingress"
  ip_protocol       = "tcp"
  port_range        = "22/22"
  cidr_ip           = var.operator
  policy            = "accept"
}

resource "alicloud_security_group_rule" "bastion_to_nodes" {
  security_group_id = alicloud_security_group.bastion.id
  type              = "egress"
  ip_protocol       = "tcp"
  port_range        = "22/22"
  cidr_ip           = local.spec.network
  policy            = "accept"
  priority          = 1
}

resource "alicloud_security_group_rule" "bastion_nothing_else" {
  security_group_id = alicloud_security_group.bastion.id
  type              = "egress"
  ip_protocol       = "all"
  port_range        = "-1/-1"
  cidr_ip           = "0.0.0.0/0"
  policy            = "drop"
  priority          = 100
}

resource "alicloud_instance" "bastion" {
  instance_name              = "pgark-${var.spec}-bastion"
  image_id                   = data.alicloud_images.debian.images[0].id
  instance_type              = data.alicloud_instance_types.node[local.spec.nodes[0].name].instance_types[0].id
  key_name                   = alicloud_ecs_key_pair.operator.key_pair_name
  vswitch_id                 = alicloud_vswitch.bastion.id
  internet_max_bandwidth_out = 10
  security_groups            = [alicloud_security_group.bastion.id]
  system_disk_category       = "cloud_essd"
}

output "nodes" {
  value = { for name, node in local.nodes : name => node.address }
}

output "upload" {
  value = "scp -J ${local.user}@${alicloud_instance.bastion.public_ip} BUNDLE.tar bootstrap ${local.user}@${local.spec.nodes[0].address}:"
}
