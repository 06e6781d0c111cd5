# Nodes of a spec on Hetzner Cloud that reach each other and nothing else, and a bastion through which the bundle comes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "~> 1.50"
    }
  }
}

# The token comes from the environment, as HCLOUD_TOKEN.
provider "hcloud" {}

locals {
  spec  = yamldecode(file("${path.module}/../../specs/${var.spec}.yml"))
  nodes = { for node in local.spec.nodes : node.name => node }
  image = "debian-${trimprefix(var.os, "d")}"
  types = { for name, node in local.nodes : name => node.memory > 2048 ? "cx33" : "cx23" }
  user  = "root"
}

resource "hcloud_ssh_key" "operator" {
  name       = "pgark-${var.spec}"
  public_key = file(var.public_key_file)
}

# Without a route: what is for elsewhere ends at the network's own gateway.
resource "hcloud_network" "sandbox" {
  name     = "pgark-${var.spec}"
  ip_range = "10.10.0.0/16"
}

resource "hcloud_network_subnet" "nodes" {
  network_id   = hcloud_network.sandbox.id
  type         = "cloud"
  network_zone = var.region
  ip_range     = local.spec.network
}

resource "hcloud_network_subnet" "bastion" {
  network_id   = hcloud_network.sandbox.id
  type         = "cloud"
  network_zone = var.region
  ip_range     = "10.10.250.0/24"
}

resource "hcloud_server" "node" {
  for_each    = local.nodes
  name        = each.key
  image       = local.image
  server_type = local.types[each.key]
  ssh_keys    = [hcloud_ssh_key.operator.id]

  public_net {
    ipv4_enabled = false
    ipv6_enabled = false
  }

  network {
    network_id = hcloud_network.sandbox.id
    ip         = each.value.address
  }

  depends_on = [hcloud_network_subnet.nodes]
}

# A firewall of Hetzner filters public interfaces only: the nodes have none, the bastion has this.
resource "hcloud_firewall" "bastion" {
  name = "pgark-${var.spec}-bastion"

  rule {
    description = "ssh from the operator"
    direction   = "in"
    protocol    = "tcp"
    port        = "22"
    source_ips  = [var.operator]
  }

  # Where there is one rule for what goes out, everything else is dropped.
  rule {
    description     = "answers to a ping of the operator"
    direction       = "out"
    protocol        = "icmp"
    destination_ips = [var.operator]
  }
}

resource "hcloud_server" "bastion" {
  name         = "bastion"
  image        = local.image
  server_type  = "cx23"
  ssh_keys     = [hcloud_ssh_key.operator.id]
  firewall_ids = [hcloud_firewall.bastion.id]

  public_net {
    ipv4_enabled = true
    ipv6_enabled = false
  }

  network {
    network_id = hcloud_network.sandbox.id
    ip         = "10.10.250.10"
  }

  depends_on = [hcloud_network_subnet.bastion]
}

output "nodes" {
  value = { for name, node in local.nodes : name => node.address }
}

output "upload" {
  value = "scp -J ${local.user}@${hcloud_server.bastion.ipv4_address} BUNDLE.tar bootstrap ${local.user}@${local.spec.nodes[0].address}:"
}
