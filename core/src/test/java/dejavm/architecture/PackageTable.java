package dejavm.architecture;

/**
 * The packages of DejaVM and which may use which: ARCHITECTURE.md, Packages, from the bottom up.
 */
public final class PackageTable {
  private PackageTable() {}

  /** The table. */
  public static Layers layers() {
    Layers layers =
        new Layers("dejavm")
            .row("bus")
            .row("memory", "bus")
            .row("cpu", "bus", "memory")
            // the instruction set as data: knows no machine
            .row("cpu.decode")
            .row("cpu.interpret", "bus", "memory", "cpu", "cpu.decode")
            .row("cpu.translate", "bus", "memory", "cpu", "cpu.decode", "cpu.interpret")
            // what chips have in common, and a package for every kind of chip
            .row("device", "bus")
            .row("device.*", "bus", "device")
            // puts a kernel into RAM through what the bus offers
            .row("machine.boot", "bus");
    layers.row("machine", layers.above());
    // neither knows the machine, nor the machine them: they see interfaces and records
    layers.row("record", "bus");
    layers.row("snapshot", "bus", "record");
    // plugs the recorders into the machines
    layers.row("session", layers.above());
    layers.row("timeline", layers.above());
    // the program
    layers.row("image", "bus");
    layers.row("host", layers.above());
    // between the machine's thread and its viewers, then the viewers, each kind by its protocol
    layers.row("display", "bus", "device.*");
    layers.row("rfb", "bus", "device.*", "host", "display");
    layers.row("web", "bus", "host", "display", "rfb");
    layers.row("guest", "bus", "machine.boot");
    // what runs is a child process, so no machine is known here
    layers.row("measure", "host", "guest");
    layers.row("cli", layers.above());
    return layers;
  }
}
