package dev.quern.serve;

import dev.quern.network.Network;

/** A model under a name. */
record Deployment(String name, int version, BatchingModel batching) {
  /** What it does, for people. */
  String task() {
    Network network = batching.network();
    return network.detection() != null ? "detection" : network.task().kind().text();
  }
}
