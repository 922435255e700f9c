package dejavm.web;

import dejavm.bus.Input;
import dejavm.display.MachineStatus;
import dejavm.display.StatusBoard;
import java.io.IOException;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Session;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the machine is, as JSON whenever it changes, and its buttons: {@code {"button": "power"}} and
 * {@code {"button": "reset"}}.
 */
public final class ControlSocket implements Session.Listener.AutoDemanding {
  private record Command(String button) {}

  private final StatusBoard board;
  private final Consumer<Input> button;
  private final Workers workers;
  private final JsonMapper json = new JsonMapper();
  private Session session;

  ControlSocket(StatusBoard board, Consumer<Input> button, Workers workers) {
    this.board = board;
    this.button = button;
    this.workers = workers;
  }

  @Override
  public void onWebSocketOpen(Session opened) {
    session = opened;
    workers.start("web status", this::show);
  }

  @Override
  public void onWebSocketText(String message) {
    try {
      switch (json.readValue(message, Command.class)) {
        case Command(String name) when "power".equals(name) ->
            button.accept(new Input.PowerButton());
        case Command(String name) when "reset".equals(name) ->
            button.accept(new Input.ResetButton());
        case null, default -> session.close();
      }
    } catch (JacksonException e) {
      session.close();
    }
  }

  private void show() throws IOException, InterruptedException {
    board.enter();
    try {
      MachineStatus seen = null;
      while (session.isOpen()) {
        seen = board.await(seen);
        if (seen == null) {
          break;
        }
        Line.send(session, json.writeValueAsString(seen));
      }
    } finally {
      board.leave();
      session.close();
    }
  }
}
