package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process that has run out of something answers again once there is some, and ends in time. */
@Timeout(180)
@EnabledOnOs({OS.LINUX, OS.MAC})
class ExhaustionTest {
  private static final boolean FULL = Boolean.getBoolean("quern.full");
  private static final int ROUNDS = FULL ? 3 : 1;
  private static final byte[] READY = Hostile.head("GET", "/v2/health/ready", "X: y");

  /** More idle clients than the process may have files, again and again. */
  @Test
  void ofDescriptorsByClients() throws Exception {
    try (LimitedServer server = new LimitedServer("ulimit -n 256", "-Xmx256m")) {
      for (int round = 0; round < ROUNDS; round++) {
        List<Socket> idle = connect(server, 400);
        try {
          TimeUnit.SECONDS.sleep(1); // so that all of them have been accepted or refused
        } finally {
          close(idle);
        }
        awaitAnswers(server);
      }
      close(connect(server, 400));
      List<Socket> idle = connect(server, 400);
      assertThat(server.endsUponTerm()).isTrue();
      close(idle);
    }
  }

  /** The application itself takes all, while clients come: they are accepted later. */
  @Test
  void ofDescriptorsByOthers() throws Exception {
    try (LimitedServer server = new LimitedServer("ulimit -n 256", "-Xmx256m")) {
      for (int round = 0; round < ROUNDS; round++) {
        server.tell(LimitedServer.EXHAUST);
        List<Socket> clients = connect(server, 100);
        TimeUnit.SECONDS.sleep(1);
        close(clients);
        server.tell(LimitedServer.FREE);
        awaitAnswers(server);
      }
      server.tell(LimitedServer.EXHAUST);
      assertThat(server.endsUponTerm()).isTrue();
    }
  }

  /** Bodies, JSON and requests in advance of many clients, more than the heap has room for. */
  @Test
  void ofMemory() throws Exception {
    try (LimitedServer server = new LimitedServer("true", "-Xmx40m")) {
      byte[] json = RawClient.bytes("{\"inputs\":[{\"data\":[" + "0,".repeat(1_500_000));
      byte[] post = Hostile.head("POST", SmallServer.INFER, "Content-Length: " + json.length);
      byte[] ahead = RawClient.bytes(new String(READY).repeat(5000));
      Thread[] attackers = new Thread[48];
      for (int i = 0; i < attackers.length; i++) {
        byte[] sent = i % 3 == 0 ? ahead : Client.joined(post, json);
        attackers[i] = new Thread(() -> attack(server, sent));
        attackers[i].start();
      }
      for (Thread t : attackers) {
        t.join();
      }
      awaitAnswers(server);
      assertThat(server.endsUponTerm()).isTrue();
    }
  }

  private static void attack(LimitedServer server, byte[] sent) {
    for (int i = 0; i < (FULL ? 4 : 1); i++) {
      try (Socket socket = connect(server)) {
        socket.getOutputStream().write(sent);
        RawClient.read(socket);
      } catch (IOException e) {
        // refused or cut, as a server without memory may
      }
    }
  }

  private static Socket connect(LimitedServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static List<Socket> connect(LimitedServer server, int clients) throws IOException {
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      all.add(connect(server));
    }
    return all;
  }

  private static void close(List<Socket> all) throws IOException {
    for (Socket socket : all) {
      socket.close();
    }
  }

  /** By the health and by the model, each on several connections. */
  private static void awaitAnswers(LimitedServer server) throws Exception {
    byte[] png = ServedModels.png(1);
    byte[] predict =
        Client.joined(
            Hostile.head("POST", SmallServer.PREDICT, "Content-Length: " + png.length), png);
    for (int right = 0; right < 20; ) {
      int status = status(server, right % 2 == 0 ? READY : predict);
      if (status == 200) {
        right++;
      } else {
        // what came before is being cleared away; the test's own time bounds this
        assertThat(status).isIn(0, 429, 503);
        TimeUnit.MILLISECONDS.sleep(100);
        right = 0;
      }
    }
  }

  private static int status(LimitedServer server, byte[] request) {
    try (Socket socket = connect(server)) {
      socket.getOutputStream().write(request);
      return RawClient.read(socket).status();
    } catch (IOException e) {
      return 0;
    }
  }
}
