# Nodes of a spec on AWS that reach each other and nothing else, and a bastion through which the bundle comes.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = var.region
}

locals {
  spec  = yamldecode(file("${path.module}/../../specs/${var.spec}.yml"))
  nodes = { for node in local.spec.nodes : node.name => node }
  tags  = { Name = "pgark-${var.spec}" }
  # The smallest type that has as much memory as the spec asks for.
  types = { for name, node in local.nodes : name => node.memory > 2048 ? "t3.medium" : "t3.small" }
  user  = "admin"
}

data "aws_ami" "debian" {
  most_recent = true
  # Debian's own account.
  owners = ["136693071363"]

  filter {
    name   = "name"
    values = ["debian-${trimprefix(var.os, "d")}-amd64-*"]
  }
}

resource "aws_key_pair" "operator" {
  key_name   = "pgark-${var.spec}"
  public_key = file(var.public_key_file)
}

# Without the resolver of the provider, which no security group filters.
resource "aws_vpc" "sandbox" {
  cidr_block           = "10.10.0.0/16"
  enable_dns_support   = false
  enable_dns_hostnames = false
  tags                 = local.tags
}

resource "aws_subnet" "nodes" {
  vpc_id                  = aws_vpc.sandbox.id
  cidr_block              = local.spec.network
  map_public_ip_on_launch = false
  tags                    = local.tags
}

# No route but that within the network.
resource "aws_route_table" "nodes" {
  vpc_id = aws_vpc.sandbox.id
  route  = []
  tags   = local.tags
}

resource "aws_route_table_association" "nodes" {
  subnet_id      = aws_subnet.nodes.id
  route_table_id = aws_route_table.nodes.id
}

resource "aws_security_group" "nodes" {
  name        = "pgark-${var.spec}-nodes"
  description = "nodes reach each other and nothing else"
  vpc_id      = aws_vpc.sandbox.id
  tags        = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "among_nodes" {
  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_egress_rule" "among_nodes" {
  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "-1"
}

resource "aws_vpc_security_group_ingress_rule" "from_bastion" {
  security_group_id            = aws_security_group.nodes.id
  referenced_security_group_id = aws_security_group.bastion.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_instance" "node" {
  for_each                    = local.nodes
  ami                         = data.aws_ami.debian.id
  instance_type               = local.types[each.key]
  key_name                    = aws_key_pair.operator.key_name
  subnet_id                   = aws_subnet.nodes.id
  private_ip                  = each.value.address
  associate_public_ip_address = false
  vpc_security_group_ids      = [aws_security_group.nodes.id]
  tags                        = { Name = "pgark-${var.spec}-${each.key}" }

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    volume_size = var.disk
    encrypted   = true
  }
}

resource "aws_subnet" "bastion" {
  vpc_id                  = aws_vpc.sandbox.id
  cidr_block              = "10.10.250.0/24"
  map_public_ip_on_launch = false
  tags                    = local.tags
}

resource "aws_internet_gateway" "bastion" {
  vpc_id = aws_vpc.sandbox.id
  tags   = local.tags
}

resource "aws_route_table" "bastion" {
  vpc_id = aws_vpc.sandbox.id
  tags   = local.tags

  # Back to the operator, and to nobody else.
  route {
    cidr_block = var.operator
    gateway_id = aws_internet_gateway.bastion.id
  }
}

resource "aws_route_table_association" "bastion" {
  subnet_id      = aws_subnet.bastion.id
  route_table_id = aws_route_table.bastion.id
}

resource "aws_security_group" "bastion" {
  name        = "pgark-${var.spec}-bastion"
  description = "ssh from the operator, ssh to the nodes"
  vpc_id      = aws_vpc.sandbox.id
  tags        = local.tags
}

resource "aws_vpc_security_group_ingress_rule" "from_operator" {
  security_group_id = aws_security_group.bastion.id
  cidr_ipv4         = var.operator
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

resource "aws_vpc_security_group_egress_rule" "to_nodes" {
  security_group_id            = aws_security_group.bastion.id
  referenced_security_group_id = aws_security_group.nodes.id
  ip_protocol                  = "tcp"
  from_port                    = 22
  to_port                      = 22
}

resource "aws_instance" "bastion" {
  ami                         = data.aws_ami.debian.id
  instance_type               = "t3.micro"
  key_name                    = aws_key_pair.operator.key_name
  subnet_id                   = aws_subnet.bastion.id
  associate_public_ip_address = true
  vpc_security_group_ids      = [aws_security_group.bastion.id]
  tags                        = { Name = "pgark-${var.spec}-bastion" }

  metadata_options {
    http_tokens = "required"
  }
}

output "nodes" {
  value = { for name, node in local.nodes : name => node.address }
}

output "upload" {
  value = "scp -J ${local.user}@${aws_instance.bastion.public_ip} BUNDLE.tar bootstrap ${local.user}@${local.spec.nodes[0].address}:"
}
