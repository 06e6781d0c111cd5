variable "spec" {
  description = "which nodes: a file of ../../specs without its ending"
  type        = string
  default     = "trio"
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

variable "image" {
  description = "a cloud image of that operating system: a path or a URL of a qcow2 file"
  type        = string
}

variable "uri" {
  description = "the libvirt that makes the nodes"
  type        = string
  default     = "qemu:///system"
}

variable "pool" {
  description = "the storage pool for their disks"
  type        = string
  default     = "default"
}
