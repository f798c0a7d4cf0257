package slurmtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
)

// configuration is the configuration of a cluster, slurm.conf(5).
//
// The two words of CommunicationParameters make the daemons listen on 127.0.0.1 only. cred_expire and
// SchedulerParameters shorten the wait of a requeued task from two minutes to seconds.
// config_overrides allows more nodes than the machine has processors.
const configuration = `ClusterName=slurmtest
SlurmctldHost=HOST(127.0.0.1)
SlurmctldPort=CONTROLLER_PORT
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=DIR/munge.socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/PROCTRACK_TYPE
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/linear
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
MaxArraySize=MAX_ARRAY_SIZE
MinJobAge=MIN_JOB_AGE
KillWait=KILL_WAIT
SlurmdTimeout=SLURMD_TIMEOUT
MailProg=/bin/true
StateSaveLocation=DIR/state
SlurmctldPidFile=DIR/slurmctld.pid
SlurmctldLogFile=DIR/slurmctld.log
SlurmdSpoolDir=DIR/%n
SlurmdPidFile=DIR/%n.pid
SlurmdLogFile=DIR/%n.log
`

// configure writes slurm.conf and prepares the daemons.
func (c *Cluster) configure(o Options) {
	c.t.Helper()
	host, err := os.Hostname()
	if err != nil {
		c.t.Fatal(err)
	}
	host, _, _ = strings.Cut(host, ".")
	ports := reservePorts(c.t, 1+cmp.Or(o.Nodes, 2))
	text := strings.NewReplacer(
		"HOST", host,
		"CONTROLLER_PORT", fmt.Sprint(ports[0]),
		"DIR", c.Dir,
		"PROCTRACK_TYPE", cmp.Or(o.ProctrackType, "pgid"),
		"MAX_ARRAY_SIZE", fmt.Sprint(cmp.Or(o.MaxArraySize, 11)),
		"MIN_JOB_AGE", fmt.Sprint(cmp.Or(o.MinJobAge, 10)),
		"KILL_WAIT", fmt.Sprint(cmp.Or(o.KillWait, 5)),
		"SLURMD_TIMEOUT", fmt.Sprint(cmp.Or(o.SlurmdTimeout, 10)),
	).Replace(configuration)

	c.munged = &daemon{name: "munged", args: []string{
		"munged", "--foreground", "--key-file=" + c.Dir + "/key", "--socket=" + c.Dir + "/munge.socket",
		"--pid-file=" + c.Dir + "/munge.pid", "--seed-file=" + c.Dir + "/munge.seed",
	}}
	c.controller = &daemon{name: "slurmctld", args: []string{"slurmctld", "-D"}}
	var names []string
	for i, port := range ports[1:] {
		n := &daemon{name: fmt.Sprint("n", i+1), port: port}
		n.args = []string{"slurmd", "-D", "-N", n.name}
		c.nodes = append(c.nodes, n)
		names = append(names, n.name)
		text += fmt.Sprintf("NodeName=%s NodeHostname=%s NodeAddr=127.0.0.1 Port=%d CPUs=1\n", n.name, host, port)
	}
	text += fmt.Sprintf("PartitionName=p Nodes=%s Default=YES OverSubscribe=%s MaxTime=INFINITE State=UP\n",
		strings.Join(names, ","), cmp.Or(o.OverSubscribe, "NO"))
	if err := os.WriteFile(c.configurationFile(), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

// reservePorts returns TCP ports that no other cluster uses until the test ends, also while a daemon
// of this one is dead. A UDP socket with the number of the port is the reservation: Slurm uses TCP
// only, and the socket closes when the process dies. The ports are below those that Linux gives to
// outgoing connections.
func reservePorts(t testing.TB, n int) (ports []int) {
	t.Helper()
	for range 10_000 {
		if len(ports) == n {
			return ports
		}
		port := 10_000 + rand.IntN(22_000)
		address := fmt.Sprintf("127.0.0.1:%d", port)
		reservation, err := net.ListenPacket("udp", address)
		if err != nil {
			continue
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			_ = reservation.Close()
			continue
		}
		_ = l.Close()
		t.Cleanup(func() { _ = reservation.Close() })
		ports = append(ports, port)
	}
	t.Fatal("found no free ports")
	return nil
}

// listens reports whether a process accepts connections at a port.
func listens(port int) bool {
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}
