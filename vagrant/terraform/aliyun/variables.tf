variable "spec" {
  description = "which nodes: a file of ../../specs without its ending"
  type        = string
  default     = "trio"
}

variable "os" {
  description = "the operating system of the nodes: d12 or d13"
  type        = string
  default     = "d12"

  validation {
    condition     = contains(["d12", "d13"], var.os)
    error_message = "The operating system is d12 or d13."
  }
}

variable "operator" {
  description = "the addresses from which the bastion is reached, as 198.51.100.7/32"
  type        = string

  validation {
    condition     = can(cidrhost(var.operator, 0)) && try(tonumber(split("/", var.operator)[1]) >= 16, false)
    error_message = "A network of your own is wanted here, /16 or smaller."
  }
}

variable "public_key_file" {
  description = "the public part of the operator's ssh key"
  type        = string
}

variable "disk" {
  description = "gigabytes of a node's disk"
  type        = number
  default     = 64
}

variable "region" {
  description = "where the nodes stand"
  type        = string
  default     = "eu-central-1"
}
