package lab

// The protocols that a fault can be served over, the usual one first. What concerns certificates concerns all.
var (
	anyProto = []string{"https", "mysql", "postgres", "mssql", "mssql-strict", "postgres-direct", "tls"}
	// upTo13 are those whose servers speak TLS 1.3: not SQL Server before TDS 8.0.
	upTo13 = []string{"https", "mysql", "postgres", "mssql-strict", "postgres-direct", "tls"}
)

func healthyOnes() []Fault {
	return []Fault{of(Healthy, "nothing is wrong: TLS 1.2 and 1.3, a chain of two, the right name", anyProto, serving())}
}
