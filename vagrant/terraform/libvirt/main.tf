# Nodes of a spec on a libvirt of your own, on a network that is forwarded nowhere. The bundle comes from the machine itself.

terraform {
  required_version = ">= 1.5"
  required_providers {
    libvirt = {
      source  = "dmacvicar/libvirt"
      version = "~> 0.8.0"
    }
  }
}

provider "libvirt" {
  uri = var.uri
}

locals {
  spec  = yamldecode(file("${path.module}/../../specs/${var.spec}.yml"))
  nodes = { for node in local.spec.nodes : node.name => node }
  user  = "pgark"
}

# Its first address is the machine's own; there is no gateway, no DHCP and no resolver.
resource "libvirt_network" "sandbox" {
  name      = "pgark-${var.spec}"
  mode      = "none"
  addresses = [local.spec.network]
  autostart = true

  dhcp {
    enabled = false
  }

  dns {
    enabled = false
  }
}

resource "libvirt_volume" "image" {
  name   = "pgark-${var.spec}.qcow2"
  pool   = var.pool
  source = var.image
  format = "qcow2"
}

resource "libvirt_volume" "node" {
  for_each       = local.nodes
  name           = "pgark-${var.spec}-${each.key}.qcow2"
  pool           = var.pool
  base_volume_id = libvirt_volume.image.id
  size           = var.disk * 1024 * 1024 * 1024
  format         = "qcow2"
}

resource "libvirt_cloudinit_disk" "node" {
  for_each = local.nodes
  name     = "pgark-${var.spec}-${each.key}.iso"
  pool     = var.pool

  user_data = join("\n", ["#cloud-config", yamlencode({
    hostname   = each.key
    ssh_pwauth = false
    users = [{
      name                = local.user
      lock_passwd         = true
      shell               = "/bin/bash"
      sudo                = "ALL=(ALL) NOPASSWD:ALL"
      ssh_authorized_keys = [trimspace(file(var.public_key_file))]
    }]
  })])

  network_config = yamlencode({
    version = 2
    ethernets = {
      sandbox = {
        match     = { name = "e*" }
        dhcp4     = false
        dhcp6     = false
        accept-ra = false
        addresses = ["${each.value.address}/24"]
      }
    }
  })
}

resource "libvirt_domain" "node" {
  for_each  = local.nodes
  name      = "pgark-${var.spec}-${each.key}"
  vcpu      = each.value.cpus
  memory    = each.value.memory
  cloudinit = libvirt_cloudinit_disk.node[each.key].id

  cpu {
    mode = "host-passthrough"
  }

  disk {
    volume_id = libvirt_volume.node[each.key].id
  }

  network_interface {
    network_id = libvirt_network.sandbox.id
  }

  console {
    type        = "pty"
    target_port = "0"
    target_type = "serial"
  }
}

output "nodes" {
  value = { for name, node in local.nodes : name => node.address }
}

output "upload" {
  value = "scp BUNDLE.tar bootstrap ${local.user}@${local.spec.nodes[0].address}:"
}
